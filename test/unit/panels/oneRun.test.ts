/**
 * One run, read in every form: the report as JSON counts from 0; printed tables, CSV and the panel's table twins count from 1 and hold
 * the same numbers. Probabilities are written alike, and no header says "position" or "rank" without saying from where it counts.
 */
import { describe, expect, it, vi } from 'vitest';

vi.mock('@vscode/webview-ui-toolkit', async () => import('./noToolkit'));

import type { ProbabilitiesData } from '../../../src/analysis/probabilities/contract';
import { probability } from '../../../src/protocol/numberText';
import { residualTable } from '../../../webview/panels/patching/tables';
import { probabilitiesCsv, probabilitiesTable } from '../../../webview/panels/probabilities/exports';
import { fakePrompt, run, text } from '../cli/fakeEngine';
import { gradientsAnswer, occlusionAnswer } from '../cli/fakeSaliency';
import { csvOf } from './csvOf';

const T = fakePrompt({ kind: 'raw', file: 'a.txt', text, pieces: [] }).tokens.length;
const target = { ids: [7], text: ' Paris', logprob: Math.log(0.75), position: T, contrast: null, boundary: null };
const prompt = {
  tokens: fakePrompt({ kind: 'raw', file: 'a.txt', text, pieces: [] }).tokens,
  rendered: text,
  file: 'a.txt',
};
const answered = <R>(result: R) => ({ prompt, runMs: 1, reused: 0, result });
const scores = [0.5, -1, 0.25, 2, 0];
const units = prompt.tokens.map(({ text: own, start, end }, i) => ({
  text: own,
  start,
  end,
  tokens: [i, i + 1] as [number, number],
  score: scores[i],
}));

const handlers: NonNullable<Parameters<typeof run>[1]>['handlers'] = {
  saliency: ({ methods: [method] }) =>
    answered(
      method === 'occlusion'
        ? occlusionAnswer({ target, operator: 'knockout', by: 'token', units, faithfulness: null })
        : gradientsAnswer(prompt.tokens, { target, method: 'input', scores, completeness: null }),
    ),
  patching: ({ from }) => {
    const previews = { residualPreview: null, headsPreview: null, heads: [] };
    const map = { target, value: 0, second: 1, residual: [scores, [0, 0, 0, 0, 1]], ...previews, complete: true };
    return answered({ from: fakePrompt(from), stretches: [], map });
  },
  heads: () => answered({ target, knockout: [[0.5, -2]], preview: null, summaries: [], complete: true }),
  logitLens: ({ positions }) => {
    const top = [{ id: 7, text: ' Paris', logprob: -1 }];
    const cell = { top, entropy: 1, change: null, follow: [{ logprob: -1, rank: 4 }] };
    return answered({
      positions: 'last' in positions ? [prompt.tokens.length - 1] : positions,
      follow: [],
      target: null,
      cells: [[cell]],
    });
  },
};

/** Header → column of a CSV; no quoted cell in these runs holds a comma. */
function columnsOf(csv: string): Map<string, string[]> {
  const [head, ...rows] = csv
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
  return new Map(head.map((name, at) => [name, rows.map((row) => row[at])]));
}

async function faces(...words: string[]) {
  const options = { handlers, files: { 'b.txt': text } };
  const report = JSON.parse((await run([...words, '--json'], options)).output);
  const csv = (await run([...words, '--csv', '-'], options)).output;
  const printed = (await run(words, options)).output;
  return { result: report.result, prompt: report.prompt, columns: columnsOf(csv), printed };
}

const commands = [
  ['tokens', 'a.txt'],
  ['probabilities', 'a.txt'],
  ['generate', 'a.txt'],
  ['choose', 'a.txt', '--choices', ' a', ' b'],
  ['attention', 'a.txt'],
  ['attention', 'a.txt', '--layer', '0', '--head', '1'],
  ['occlusion', 'a.txt'],
  ['gradients', 'a.txt'],
  ['lens', 'a.txt'],
  ['heads', 'a.txt'],
  ['patch', 'a.txt', '--from', 'b.txt'],
];

describe('every command', () => {
  it.each(commands)('%s says in its CSV from where it counts, and begins there', async (...words) => {
    const { columns } = await faces(...words);
    for (const [name, cells] of columns) {
      expect(name).not.toMatch(/^(position|rank|place|step|query|key|firstToken|endToken)$|_/);
      if (!name.endsWith('From1')) continue;
      const numbers = cells.filter((cell) => cell !== '').map(Number);
      expect(Math.min(...numbers)).toBeGreaterThanOrEqual(1);
    }
    const from0 = [...columns].filter(([name]) => name === 'layer' || name === 'head');
    for (const [, cells] of from0) expect(Math.min(...cells.map(Number))).toBe(0);
  });

  it.each(commands.filter(([name]) => ['tokens', 'probabilities', 'gradients', 'patch'].includes(name)))(
    '%s prints the positions of its CSV',
    async (...words) => {
      const { columns, printed } = await faces(...words);
      const positions = [...new Set(columns.get('positionFrom1'))];
      expect(positions).toEqual(prompt.tokens.map((_, t) => String(t + 1)));
      const shown = [...printed.matchAll(/^ *(\d+) {2,}/gm)].map(([, position]) => position);
      expect(shown).toEqual(positions);
    },
  );
});

describe('probabilities', () => {
  it('are the same numbers in the report, the table, the CSV and the panel', async () => {
    const { result, columns, printed } = await faces('probabilities', 'a.txt');
    const data = { prompt, result } as unknown as ProbabilitiesData;
    const twin = probabilitiesTable(data);
    const panel = columnsOf(csvOf(probabilitiesCsv(data)));
    for (const name of ['positionFrom1', 'id', 'text', 'logprob', 'rankFrom1', 'entropy', 'expectedText'])
      expect([name, panel.get(name)]).toEqual([name, columns.get(name)]);
    const lines = printed.split('\n').slice(1);
    result.rank.forEach((rank: number | null, t: number) => {
      if (rank === null) return;
      const p = Math.exp(result.logprob[t]);
      expect(columns.get('rankFrom1')?.[t]).toBe(String(rank + 1));
      expect(twin.rows[t][twin.columns.indexOf('rank')]).toBe(rank + 1);
      expect(twin.rows[t][twin.columns.indexOf('position')]).toBe(t + 1);
      expect(lines[t].trim().split(/ {2,}/).slice(0, 5)).toEqual([
        String(t + 1),
        prompt.tokens[t].text.replace(' ', '·'),
        probability(p),
        String(rank + 1),
        (-result.logprob[t]).toFixed(2),
      ]);
      expect(twin.rows[t][twin.columns.indexOf('surprisal, nats')]).toBeCloseTo(-result.logprob[t], 9);
    });
  });
});

describe('explanations', () => {
  it('give a unit the same place in CSV, table and report', async () => {
    const { result, columns, printed } = await faces('occlusion', 'a.txt');
    result.units.forEach(({ tokens: [i, j] }: { tokens: [number, number] }, unit: number) => {
      expect(columns.get('firstPositionFrom1')?.[unit]).toBe(String(i + 1));
      expect(columns.get('lastPositionFrom1')?.[unit]).toBe(String(j));
      expect(printed).toMatch(new RegExp(`^ *${j} {2}\\S+ +${scores[unit].toFixed(3)}`, 'm'));
    });
  });

  it('count the ranks of the lens from 1 outside of the report', async () => {
    const { result, columns, printed } = await faces('lens', 'a.txt', '--position', String(T));
    expect([result.position, result.layers[0].target.rank]).toEqual([T - 1, 4]);
    expect(columns.get('targetRankFrom1')).toEqual(['5']);
    expect(printed).toContain(`at position ${T}\n`);
    expect(printed).toMatch(/ 5 {2}/);
  });
});

describe('a table twin as CSV', () => {
  it('has names of no language, and says where it counts from', () => {
    const twin = residualTable({
      map: { residual: [[0, 0.5]], residualPreview: null, from: 0, to: 1 } as never,
      names: [
        { first: 'a', second: 'b' },
        { first: 'c', second: 'd' },
      ] as never,
      start: 1,
      blocks: 1,
      tokens: 2,
    } as never);
    expect(csvOf(twin).split('\r\n')[0]).toMatch(/^positionFrom1,token,second,/);
    expect(twin.rows[0][0]).toBe(2);
  });
});
