/** The graph knows switches and no families: what a family's checkpoint says is turned into a spec before. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const folder = join(__dirname, '..', '..', '..', 'src', 'graph');
const names =
  /llama|mistral|qwen|gemma|gpt|neox|phi-?\d|olmo|granite|smollm|stablelm|\bopt\b|exaone|hunyuan|ernie|starcoder|nemotron|arcee|family ?[=!]==?/i;

it.each(readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')))(
  '%s names no family in its code',
  (file) => {
    const code = readFileSync(join(folder, file), 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/^\s*\/\/.*$/gm, '');
    expect(code.length).toBeGreaterThan(100);
    expect(code.match(names)).toBeNull();
  },
);
