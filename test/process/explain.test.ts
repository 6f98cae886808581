/** The commands that explain an answer, from the command line to a real engine with the bundled model. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Prompt } from '../../src/protocol/model';
import type { OcclusionResult, Report } from '../../src/protocol/results';

const cli = path.resolve(__dirname, '../../dist/cli.js');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'prompt-lens-explain-'));
  writeFileSync(path.join(folder, 'capital.txt'), 'The capital of France is');
  writeFileSync(path.join(folder, 'long.txt'), 'a'.repeat(60));
  writeFileSync(path.join(folder, 'chat.json'), JSON.stringify([{ role: 'user', content: 'Is it far? I walk.' }]));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...words: string[]): { status: number | null; output: string; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], { cwd: folder, encoding: 'utf8' });
  return { status, output: stdout, errors: stderr };
}

function report<R>(...words: string[]): Report<R> & { prompt: Prompt } {
  const { status, output, errors } = run(...words, '--json');
  expect(errors).toBe('');
  expect(status).toBe(0);
  return JSON.parse(output);
}

describe('occlusion', () => {
  it('of every token adds curves to the scores', () => {
    const { result } = report<OcclusionResult>('occlusion', 'capital.txt', '--target', ' Paris');
    expect(result).toMatchObject({ operator: 'knockout', by: 'token', target: { text: ' Paris', contrast: null } });
    expect(result.units.map(({ text }) => text)).toEqual(['The', ' capital', ' of', ' France', ' is']);
    const [best] = [...result.units].sort((a, b) => b.score - a.score);
    expect([' capital', ' France']).toContain(best.text);
    expect(result.units[4].score).toBe(0);
    expect(result.faithfulness?.mostFirst[0]).toBeCloseTo(result.target.logprob, 3);
  });

  it('of a chat can be kept to the user’s own sentences', () => {
    const words = ['occlusion', 'chat.json', '--by', 'sentence', '--scope', 'user', '--no-faithfulness'];
    const { result, prompt } = report<OcclusionResult>(...words, '--operator', 'replace');
    expect(result.units.map(({ text }) => text)).toEqual(['Is it far?', ' I walk.']);
    for (const { start, end, text } of result.units) expect(prompt.rendered.slice(start, end)).toBe(text);
    expect(result.faithfulness).toBeNull();
  });

  it.each([
    ['an expression without end', ['long.txt', '--by', '/(a+)+!/'], 1, 'takes too long'],
    ['no expression', ['capital.txt', '--by', '/(/'], 2, 'is not a regular expression'],
    ['nothing that matches', ['capital.txt', '--by', '/xyz/'], 1, 'no unit of this kind'],
    ['everything', ['capital.txt', '--by', 'message', '--operator', 'delete'], 1, 'nothing would be left'],
    ['an empty target', ['capital.txt', '--target', ''], 2, 'becomes no token'],
    ['a place behind the end', ['capital.txt', '--at', '5'], 2, 'must be between 1 and 4'],
    [
      'a token that is none',
      ['capital.txt', '--operator', 'replace', '--replacement', '49152'],
      2,
      'must be between 0 and 49151',
    ],
  ])('refuses %s in a sentence', (_, words, expected, sentence) => {
    const { status, output, errors } = run('occlusion', ...words);
    expect(errors).toContain(sentence);
    expect(errors.trim()).not.toContain('\n');
    expect([status, output]).toEqual([expected, '']);
  });
});
