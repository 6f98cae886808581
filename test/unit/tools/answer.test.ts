import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/cli/report';
import { compactPaint, tableLines } from '../../../src/cli/terminalText';
import type { ToolResult } from '../../../src/client/toolsBundle';
import { longestResult, toolResult } from '../../../src/tools/answer';
import { loaded } from '../cli/fakeEngine';

const report = (result: unknown): Report => ({
  ...{ schema: 1, command: 'probabilities', version: '9.9.9', fingerprint: '0123456789abcdef' },
  ...{ model: loaded.model, runtime: { ...loaded.runtime, reason: null }, prompt: null },
  ...{ timing: { loadMs: 1, runMs: 1 }, result },
});

const table = (rows: number, word = 'cell') =>
  tableLines(
    [{ title: 'position', align: 'right' }, { title: 'token' }, { title: '' }],
    Array.from({ length: rows }, (_, n) => [String(n + 1), word, '█▌']),
    compactPaint,
  );

const answer = (result: unknown, text: string, row = 1, data = true): ToolResult =>
  toolResult({ report: report(result), text, notes: [] }, row, { data });
const textOf = ({ content: [{ text }] }: ToolResult) => text;
const size = (result: ToolResult) => JSON.stringify(result).length;

describe('the answer of a tool', () => {
  it('is what a person reads, with compact tables, under its fingerprint', () => {
    const result = answer({ logprob: [null, -1] }, `Before\n${table(2)}  after\n`);
    expect(textOf(result)).toBe(
      'probabilities: fake Q4_1, cpu, exact, fingerprint 0123456789abcdef.\n\nBefore\nposition | token\n1 | cell\n2 | cell\n  after',
    );
    expect(result.structuredContent).toMatchObject({
      fingerprint: '0123456789abcdef',
      result: { logprob: [null, -1] },
    });
    expect(result.structuredContent).not.toHaveProperty('leftOut');
  });

  it('holds the notes that stand beside it', () => {
    const result = toolResult({ report: report({}), text: 'x\n', notes: ['note: it ends in a space.'] }, 1, {
      data: true,
    });
    expect(textOf(result)).toContain('\nnote: it ends in a space.\n');
  });

  it('is text alone where nobody reads data', () => {
    expect(Object.keys(answer({ a: 1 }, 'x\n', 1, false))).toEqual(['content']);
  });

  it.each([100, 1000, 20_000])('fits with %i rows and lists, and says what is left out', (rows) => {
    const list = Array.from({ length: rows }, (_, n) => -n / 7);
    const result = answer({ logprob: list, top: list.map(() => list.slice(0, 10)), flag: true }, `${table(rows)}end\n`);
    expect(size(result)).toBeLessThanOrEqual(longestResult);
    expect(textOf(result)).toMatch(/\n1 \| cell\n2 \| cell\n/);
    expect(textOf(result)).toMatch(/end$/);
    const data = result.structuredContent as { result: { logprob: number[]; flag: boolean }; leftOut: unknown[] };
    expect(data.result.flag).toBe(true);
    expect(data.result.logprob.length).toBeGreaterThan(10);
    if (rows === 100) return;
    expect(textOf(result)).toMatch(new RegExp(`\\[rows 1 to \\d+ of ${rows}; more with firstRow: \\d+\\]`));
    expect(data.leftOut).toContainEqual({
      field: 'result.logprob',
      items: rows,
      shown: [0, data.result.logprob.length - 1],
    });
  });

  it('begins where it was asked to, in tables and lists that do not fit', () => {
    const list = Array.from({ length: 5000 }, (_, n) => n);
    const result = answer({ list, few: [1, 2, 3] }, `${table(5000)}${table(3, 'few')}`, 4001);
    expect(textOf(result)).toMatch(/\n4001 \| cell\n4002/);
    expect(textOf(result)).toContain('1 | few\n2 | few\n3 | few');
    const data = result.structuredContent as { result: { list: number[]; few: number[] } };
    expect(data.result.list[0]).toBe(4000);
    expect(data.result.few).toEqual([1, 2, 3]);
  });

  it('refuses a row that nothing has', () => {
    expect(() => answer({ list: [1, 2] }, table(5), 6)).toThrow(
      '"firstRow" must be a whole number from 1 to 5 here, not 6.',
    );
  });

  it('fits whatever is in it: long running text, a huge string, quotation marks, deep data', () => {
    const running = 'He said "no".\n\n'.repeat(20_000);
    expect(size(answer({ text: running }, running))).toBeLessThanOrEqual(longestResult);
    expect(size(answer({ text: running }, running, 1, false))).toBeLessThanOrEqual(longestResult);
    const one = '"\\'.repeat(50_000);
    expect(size(answer({ text: one }, one))).toBeLessThanOrEqual(longestResult);
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`key${n}`, n]));
    const result = answer(wide, 'x\n');
    expect(size(result)).toBeLessThanOrEqual(longestResult);
    expect(textOf(result)).toContain('x');
    expect(result.structuredContent).toMatchObject({ result: null, leftOut: [{ field: 'result' }] });
  });

  it('of running text that was cut continues where it ends', () => {
    const running = Array.from({ length: 3000 }, (_, n) => `line ${n + 1}`).join('\n');
    const first = textOf(answer({}, running, 1, false));
    const next = /firstRow: (\d+)/.exec(first)?.[1];
    expect(first).toContain(`line ${Number(next) - 1}\n`);
    expect(textOf(answer({}, running, Number(next), false))).toContain(`\nline ${next}\n`);
  });
});
