/** The thread in which the editor reads prompts: the same prompts as without it, and a host that stays free while it reads. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parsePrompt } from '../../src/document/parsePrompt';
import { PromptReader } from '../../src/host/reading/promptReader';
import type { Asked } from '../../src/host/reading/readNow';
import { longestTyped } from '../../src/protocol/textLength';

const reader = new PromptReader(join(__dirname, '..', '..', 'dist', 'reader.js'));
const folder = mkdtempSync(join(tmpdir(), 'reader-'));
afterAll(() => rmSync(folder, { recursive: true }));

const asked = (file: string, text: string, more: Partial<Asked> = {}): Asked => ({
  text,
  options: { file, longest: longestTyped },
  path: null,
  open: new Map(),
  ...more,
});

const length = 200_000;
const quoted = (line: string) => JSON.stringify(line);
/** A file of every format with one line of this text in it. */
const formats: Record<string, (line: string) => string> = {
  'a.txt': (line) => line,
  'a.prompt.md': (line) => `---\na: b\n---\n${line}`,
  'a.instructions.md': (line) => `---\na: b\n---\n${line}`,
  'a.prompty': (line) => `---\nname: x\n---\nuser:\n${line}`,
  'a.prompt': (line) => `---\nmodel: x\n---\n{{role "user"}}${line}`,
  'a.json': (line) => `[{"role": "user", "content": ${quoted(line)}}]`,
  'a.jsonl': (line) => `{"messages": [{"role": "user", "content": ${quoted(line)}}]}`,
  'a.prompt.yml': (line) => `messages:\n  - role: user\n    content: ${quoted(line)}\n`,
  'a.yaml': (line) => `prompts:\n  - ${quoted(line)}\n`,
  'skprompt.txt': (line) => line,
  'a.jinja2': (line) => `# user:\n${line}`,
  Modelfile: (line) => `FROM x\nSYSTEM """${line}"""\n`,
  'a.toml': (line) => `prompt = """${line}"""\n`,
};
const lines: Record<string, string> = {
  'of words': 'the cat sat on the mat '.repeat(length / 23),
  'of one letter': 'x'.repeat(length),
  'of spaces': `${' '.repeat(length - 1)}x`,
  'of emoji': '🎉'.repeat(length / 2),
  'of escapes': 'a\\n"'.repeat(length / 4),
  'of tags': '{{a}} '.repeat(length / 6),
};
const cases = Object.keys(formats).flatMap((file) => Object.keys(lines).map((kind) => [file, kind] as const));

/** Milliseconds of processor that this thread has spent; of time, where the system does not tell. */
function spent(): number {
  const file = '/proc/thread-self/schedstat';
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6 : performance.now();
}

/** Milliseconds that this thread was busy in its longest stretch without a pause, while the work was done. */
async function longestStretch(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let going = true;
  let before = spent();
  const measure = () => {
    const now = spent();
    longest = Math.max(longest, now - before);
    before = now;
    if (going) setImmediate(measure);
  };
  setImmediate(measure);
  await work().catch(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  going = false;
  return longest;
}

const outcome = async (read: () => unknown): Promise<unknown> => {
  try {
    return await read();
  } catch (error) {
    return String(error);
  }
};

describe('a line of 200,000 characters', () => {
  it.each(cases)('%s %s: what is read without the thread, in stretches of at most 16 ms', async (file, kind) => {
    const text = formats[file](lines[kind]);
    const wanted = asked(file, text);
    const [told, right] = [
      await outcome(() => reader.read(wanted, () => {})),
      await outcome(() => parsePrompt(text, wanted.options)),
    ];
    // As texts, since a line of escapes has a hundred thousand pieces.
    expect(JSON.stringify(told) === JSON.stringify(right)).toBe(true);
    // The best of three: another thread of this process, the collector of garbage, may take part in one.
    const stretches: number[] = [];
    for (let turn = 0; turn < 3; turn++) stretches.push(await longestStretch(() => reader.read(wanted, () => {})));
    expect(Math.min(...stretches)).toBeLessThan(16);
  });
});

describe('the reading thread', () => {
  it('renders a template of many turns while the host is free', async () => {
    const loop = '---\nname: x\n---\nuser:\n{% for i in range(3000) %}{{ i }}. The cat sat. {% endfor %}';
    expect(await longestStretch(() => reader.read(asked('a.prompty', loop), () => {}))).toBeLessThan(16);
  });

  it('refuses a file of 2 MB in one line at once, as the host does', async () => {
    const long = asked('a.prompty', 'x'.repeat(2_000_000));
    expect(await outcome(() => reader.read(long, () => {}))).toMatch(/2,000,000 .*400,000/);
  });

  it('reads files beside the prompt, those that are open as they are there, and tells what it asked for', async () => {
    writeFileSync(join(folder, '_who.prompt'), 'Mira');
    const path = join(folder, 'a.prompt');
    const text = 'Hello {{> who}}{{> none}}.';
    const paths: string[] = [];
    const failed = await outcome(() => reader.read(asked('a.prompt', text, { path }), (each) => paths.push(...each)));
    expect(failed).toMatch(/there is no file _none\.prompt/);
    expect(paths).toEqual([join(folder, '_who.prompt'), join(folder, '_none.prompt')]);
    writeFileSync(join(folder, '_none.prompt'), '!');
    const open = new Map([[join(folder, '_who.prompt'), 'Ada']]);
    const read = await reader.read(asked('a.prompt', text, { path, open }), () => {});
    expect(read).toMatchObject({ messages: [{ content: 'Hello Ada!.' }] });
  });

  it('reads where it is asked, when the thread does not start or ends', async () => {
    const broken = join(folder, 'broken.js');
    for (const script of ['throw new Error("no");', 'process.exit(3);', 'not javascript']) {
      writeFileSync(broken, script);
      const read = await new PromptReader(broken).read(asked('a.txt', 'One'), () => {});
      expect(read).toMatchObject({ kind: 'raw', text: 'One' });
    }
  });

  it('answers each of many questions with its own prompt', async () => {
    const texts = Array.from({ length: 50 }, (_, index) => `Text ${index}`);
    const read = await Promise.all(texts.map((text) => reader.read(asked('a.txt', text), () => {})));
    expect(read.map((input) => (input.kind === 'raw' ? input.text : ''))).toEqual(texts);
  });
});
