// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';
import type { PanelState } from '../../../src/analysis/panel';
import {
  type MethodScores,
  type SaliencyData,
  type SaliencyMethod,
  saliencyMethods,
} from '../../../src/analysis/saliency/contract';
import { unitSpoken } from '../../../webview/panels/saliency/card';
import { agreementTable, curvesTable, saliencyCsv, unitsTable } from '../../../webview/panels/saliency/exports';
import { verdictNotes } from '../../../webview/panels/saliency/judgeSection';
import { legendItems, legendNotes } from '../../../webview/panels/saliency/legend';
import { noticeTexts } from '../../../webview/panels/saliency/notices';
import {
  drawnMethods,
  type SaliencyShown,
  shownFacts,
  shownState,
  toggled,
  withFirst,
} from '../../../webview/panels/saliency/shown';
import { closestPair, randomOrders, verdict } from '../../../webview/panels/saliency/verdict';
import { domain, targetFormula, unitLabel } from '../../../webview/panels/saliency/words';
import { theme } from '../charts/domSetup';
import { csvOf } from './csvOf';
import { read, ready, recorded } from './recordedSaliency';

const verdictWords = (...given: Parameters<typeof verdictNotes>) =>
  verdictNotes(...given)
    .map(({ text }) => text)
    .join(' ');

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));

const shownOf = (data: SaliencyData, state = ready(data)) => shownState(state, theme, shownFacts) as SaliencyShown;

function copied(name: string, change: (result: SaliencyData['result']) => void): SaliencyData {
  const data = structuredClone(recorded(name));
  change(data.result);
  return data;
}

// A whole tab is drawn in a simulated document, which is slow where other work shares the processor.
vi.setConfig({ testTimeout: 30_000 });

beforeEach(() => document.body.replaceChildren());

test('methods are drawn in the order wanted; refused ones are not; none that fits means all', () => {
  const { result } = copied('reviews', ({ methods }) => {
    methods[1].refused = { code: 'outOfMemory', message: 'Too big.', remedy: 'Shorten it.', args: [] };
  });
  const names = (wanted: SaliencyMethod[]) => drawnMethods(result, wanted).map(({ method }) => method);
  expect(names(['attention', 'input', 'occlusion'])).toEqual(['attention', 'occlusion']);
  expect(names(['rollout'])).toEqual(['occlusion', 'integrated', 'attention']);
});

test('switching a method keeps the first in front and the last in place', () => {
  expect(toggled(['attention', 'occlusion'], 'input', saliencyMethods)).toEqual(['attention', 'occlusion', 'input']);
  expect(toggled(['attention', 'occlusion'], 'attention', saliencyMethods)).toEqual(['occlusion']);
  expect(toggled(['norm'], 'norm', saliencyMethods)).toEqual(['norm']);
  expect(withFirst(['occlusion', 'input', 'attention'], 'attention', saliencyMethods)).toEqual([
    'attention',
    'occlusion',
    'input',
  ]);
});

test('the scale follows the range; a locked token leads to its unit, one past the prompt to none', () => {
  const data = recorded('reviews');
  const state = ready(data);
  const { lanes } = shownOf(data);
  const top = Math.max(...data.result.methods[0].scores.map((score) => Math.abs(score ?? 0)));
  expect(lanes[0].full).toBeCloseTo(0.6 * top);
  expect(lanes.map(({ signed }) => signed)).toEqual([true, true, true, false]);
  const at = (locked: number) => shownOf(data, { ...state, selection: { ...state.selection, locked } }).lockedUnit;
  expect(data.result.units[at(14) ?? -1].text).toBe(' positive');
  expect(at(9999)).toBeNull();
});

test('stand-ins come only while an occlusion score is missing, and the legend says what is hollow and dotted', () => {
  const whole = shownOf(recorded('reviews'));
  expect(whole.standIns).toBeNull();
  const partial = shownOf(
    copied('reviews', (result) => {
      result.methods[0].scores[3] = null;
      result.complete = false;
    }),
  );
  expect(partial.standIns?.by).toBe('sentence');
  const marks = legendItems(partial).map(({ swatch }) => swatch);
  expect(marks).toEqual(expect.arrayContaining(['up', 'down', 'grey', 'cut', 'hollow', 'unknown']));
  expect(unitSpoken(partial, 3)).toContain('with the parts around it');
});

const scores = (method: SaliencyMethod, mostFirst: number, random: number[], spread: number[]): MethodScores => ({
  method,
  scores: [],
  completeness: null,
  refused: null,
  faithfulness: {
    fractions: [0, 1],
    mostFirst: [2, 0],
    leastFirst: [2, 0],
    random: { orders: 5, seed: 0, mean: random, spread },
    area: { mostFirst, leastFirst: 2, random: random[0], randomSpread: spread[0] },
  },
});

test('the random orders are those that all methods share; none while no method has its curve', () => {
  const waiting = { ...scores('occlusion', 1, [0], [0]), faithfulness: null };
  const found = randomOrders([waiting, scores('input', 1, [2, 0], [0.5, 0])]);
  expect(found).toMatchObject({ orders: 5, mean: [2, 0], spread: [0.5, 0], area: 2, areaSpread: 0.5 });
  expect(randomOrders([waiting])).toBeNull();
});

/** Gives the random orders hardly any spread, so that the verdict is clear. */
function clearly({ faithfulness }: MethodScores): void {
  if (faithfulness) faithfulness.area.randomSpread = 0.1;
}

test('while other methods have no curve, the first one decides nothing', () => {
  const first = (document: string, state: (data: SaliencyData) => PanelState) => {
    const data = copied(document, ({ methods, ...result }) => {
      for (const method of methods.slice(1)) method.faithfulness = null;
      if (document === 'sentiment') clearly(methods[0]);
      result.complete = false;
    });
    return verdictWords(shownOf(data, state(data)));
  };
  const going = (data: SaliencyData): PanelState => ({
    ...ready(data),
    saliency: { kind: 'running', previous: data, progress: null, elapsedMs: 1 },
  });
  const others = 'gradient × input, attention.';
  expect(first('reviews', going)).toContain('So far the best method, knock-out, stays within two sd of random order.');
  expect(first('reviews', going)).toContain(`Curves still to come: ${others}`);
  expect(first('reviews', ready)).toContain(`No curve in this run: ${others}`);
  expect(first('reviews', ready)).not.toContain('do not trust');
  expect(first('sentiment', going)).toContain('Knock-out lies clearly below random order');
});

test('a ranking no better than chance is a warning, one statement a line; a clear one is not', () => {
  const warnings = (document: string) =>
    verdictNotes(shownOf(recorded(document))).flatMap(({ text, warning }) => (warning ? [text] : []));
  expect(warnings('reviews')[0]).toContain('do not trust any ranking on this prompt');
  const clear = copied('sentiment', ({ methods }) => clearly(methods[0]));
  expect(verdictNotes(shownOf(clear))[0]).toMatchObject({ warning: false });
});

test('a verdict needs two standard deviations below chance', () => {
  const found = verdict([scores('occlusion', 0.9, [2, 0], [0.5, 0]), scores('input', 1.1, [2, 0], [0.5, 0])]);
  expect(found).toMatchObject({ best: 'occlusion', beats: true, beating: ['occlusion'] });
  expect(verdict([scores('input', 1.1, [2, 0], [0.5, 0])])?.beats).toBe(false);
  expect(verdict([scores('input', 2, [2, 0], [0, 0])])?.beats).toBe(false);
  expect(verdict([])).toBeNull();
});

test('the sentence about chance is computed: no method on the few-shot prompt, knock-out on the plain one', () => {
  expect(verdictWords(shownOf(recorded('reviews')))).toContain('do not trust any ranking on this prompt');
  const clear = copied('sentiment', ({ methods }) => methods.forEach(clearly));
  expect(verdictWords(shownOf(clear))).toContain('Knock-out lies clearly below random order');
});

test('integrated gradients that do not add up are in no ranking, comparison, curve or verdict, and every place says so', () => {
  const shown = shownOf(recorded('sentiment'));
  const integrated = shown.methods.findIndex(({ method }) => method === 'integrated');
  expect(shown.lanes.map(({ unreliable }) => unreliable)).toEqual([false, false, true, false]);
  expect(shown.readable.map(({ method }) => method)).toEqual(['occlusion', 'input', 'attention']);
  expect(shown.agreement.map((row) => row.length)).toEqual([3, 3, 3]);
  expect(verdictWords(shown)).toContain('Left out, not reliable here: integrated gradients.');
  expect(verdictWords(shown)).not.toContain('No curve in this run');
  const warning =
    'Integrated gradients: not reliable here (completeness +720 %): the scores add up to 16.40, exact would be 2.00, at 128 points. Do not read its lane; it is in no ranking, comparison or verdict.';
  expect(legendNotes(shown)[0]).toEqual({ text: warning, warning: true });
  expect(legendNotes(shown).filter((note) => note.warning)).toHaveLength(1);
  expect(legendItems(shown).map(({ swatch }) => swatch)).toContain('unreadable');
  expect(unitSpoken(shown, 2)).toMatch(/Integrated gradients \S+ not reliable/);
  const table = unitsTable(shown);
  expect(table.columns).toContain('Integrated gradients (not reliable)');
  expect(table.rows.every((row) => row[4 + 2 * integrated] === '\u2013')).toBe(true);
  expect(agreementTable(shown)?.columns).toHaveLength(1 + 3);
  const lines = csvOf(saliencyCsv(shown)).trim().split('\r\n');
  expect(lines[0]).toContain(',integrated,integratedSteps,integratedReliable,');
  expect(lines.slice(1).every((line) => line.includes(',128,false,'))).toBe(true);
});

test('integrated gradients that add up are a method like the others, at so many points', () => {
  const data = copied('sentiment', ({ methods, agreement }) => {
    methods[2].completeness = { sum: 2.1, difference: 1.9991, steps: 512, baseline: 'zero', reliable: true };
    methods[2].faithfulness = methods[1].faithfulness;
    agreement[0][2] = agreement[2][0] = 0.5;
  });
  const shown = shownOf(data);
  expect(shown.readable).toHaveLength(4);
  expect(shown.agreement[0][2]).toBe(0.5);
  const words = 'integrated gradients of all tokens add up to 2.10; exact would be 2.00 (512 points)';
  expect(legendNotes(shown)[0]).toEqual({ text: words, warning: false });
  expect(verdictWords(shown)).not.toContain('Left out');
});

test('a difference near zero is told without a share of it; while it runs the word is not the last', () => {
  const near = copied('sentiment', ({ methods }) => {
    methods[2].completeness = { sum: 1.5, difference: 0.02, steps: 32, baseline: 'zero', reliable: false };
  });
  expect(legendNotes(shownOf(near))[0].text).toContain('not reliable here: the scores add up to 1.50');
  const data = recorded('sentiment');
  const going = {
    ...ready(data),
    saliency: { kind: 'running', previous: data, progress: null, elapsedMs: 1 } as const,
  };
  expect(legendNotes(shownOf(data, going))[0].text).toContain('not reliable so far (completeness +720 %)');
});

test('a unit in which the target is read wears a dash and the reason, in every place, and no rank', () => {
  const data = recorded('sentiment');
  const shown = shownOf(data);
  const last = data.result.units.length - 1;
  expect([data.result.unscored, data.result.methods[0].scores[last]]).toEqual([[last], null]);
  expect(shown.standIns).toBeNull();
  const marks = legendItems(shown).map(({ swatch }) => swatch);
  expect([marks.includes('unscored'), marks.includes('unknown')]).toEqual([true, false]);
  const spoken = unitSpoken(shown, last);
  expect(spoken).toContain('Knock-out no score');
  expect(spoken).toContain('The target is read inside it, so knock-out cannot score it.');
  expect(unitsTable(shown).rows[last].slice(3, 5)).toEqual(['\u2013', '\u2013']);
  expect(csvOf(saliencyCsv(shown)).trim().split('\r\n')[last + 1]).toMatch(/^:,.*,15,15,,/);
  expect(verdictWords(shown)).not.toContain('Only');
  const few = copied('sentiment', (result) => {
    result.units = result.units.slice(-5);
    result.unscored = [4];
    for (const method of result.methods) method.scores = method.scores.slice(-5);
  });
  expect(verdictWords(shownOf(few))).toContain('Only 4 words: hardly an order to judge.');
  expect(agreementTable(shownOf(few))).toBeNull();
});

test('what stands behind the target scores 0, and a line says so', () => {
  const data = copied('sentiment', ({ target, units }) => {
    target.position = units[11].tokens[0];
  });
  const texts = noticeTexts(shownOf(data)).map(({ text }) => text);
  expect(texts).toContain(
    '3 of 14 words come after the target and score 0: the target depends only on what comes before it.',
  );
  expect(unitSpoken(shownOf(data), 12)).toContain('It comes after the target');
  expect(noticeTexts(shownOf(recorded('sentiment'))).some(({ text }) => text.includes('behind'))).toBe(false);
});

test('a piece of a character is shown with its bytes', () => {
  const { prompt }: Pick<SaliencyData, 'prompt'> = read('tickets');
  const data: SaliencyData = { prompt, result: { ...recorded('sentiment').result, by: 'token' } };
  const position = prompt.tokens.findIndex(({ text }) => text === '\uFFFD');
  const { text, start, end, bytes } = prompt.tokens[position];
  data.result.units = [{ text, start, end, tokens: [position, position + 1] }];
  const label = `${prompt.rendered.slice(start, end)}‹${bytes}›`;
  expect(label).not.toContain('\uFFFD');
  expect(unitSpoken(shownOf(data), 0).startsWith(label)).toBe(true);
  expect(unitsTable(shownOf(data)).rows[0][2]).toBe(label);
});

test('curves in larger steps say how large, beside the curve and not among the notices', () => {
  const data = copied('reviews', ({ warnings }) => {
    warnings.push({ kind: 'fewerSteps', asked: 10, used: 4 });
  });
  const shown = shownOf(data);
  expect(verdictWords(shown)).toContain('Each step takes away 25 %, about 10 of 39 words');
  expect(noticeTexts(shown)).toEqual(noticeTexts(shownOf(recorded('reviews'))));
  expect(verdictWords(shownOf(recorded('reviews')))).not.toContain('Each step');
});

test('fewer points of integrated gradients are a notice', () => {
  const data = copied('reviews', ({ warnings }) => {
    warnings.push({ kind: 'fewerPoints', asked: 32, used: 16 });
  });
  const texts = noticeTexts(shownOf(data)).map(({ text }) => text);
  expect(texts.some((text) => text.startsWith('Integrated gradients use 16 points of their path instead of 32'))).toBe(
    true,
  );
});

test('agreement names the closest pair and skips what is not known', () => {
  const methods: SaliencyMethod[] = ['occlusion', 'input', 'norm'];
  const matrix = [
    [1, 0.2, null],
    [0.2, 1, -0.6],
    [null, -0.6, 1],
  ];
  expect(closestPair(methods, matrix)).toEqual({ methods: ['occlusion', 'input'], correlation: 0.2 });
  expect(closestPair(['norm'], [[1]])).toBeNull();
});

test('the target is a formula with true minus signs, domains have two digits, units lose their spaces', () => {
  expect(targetFormula(recorded('reviews').result.target)).toBe('log p(·negative) − log p(·positive) = 2.43');
  expect([0.5649, 0.0524, 0.00031, 0].map(domain)).toEqual(['0.56', '0.052', '3e−4', '0']);
  expect(unitLabel(' positive\n')).toBe('positive');
  expect(unitLabel('\n\n')).toBe('↵↵');
  expect([...unitLabel('a'.repeat(60), 20)]).toHaveLength(20);
});

test('warnings and refusals become sentences; a certain target offers a contrast', () => {
  const data = copied('reviews', (result) => {
    result.warnings.push({ kind: 'saturated', probability: 0.9994 }, { kind: 'coarser', asked: 'token', used: 'line' });
    result.methods[2].refused = { code: 'outOfMemory', message: 'Too big.', remedy: 'Shorten it.', args: [] };
    result.target.contrast = null;
  });
  const found = noticeTexts(shownOf(data));
  expect(found.map(({ text }) => text)).toEqual([
    'Integrated gradients: Too big. Shorten it.',
    expect.stringContaining('has no score with knock-out'),
    expect.stringContaining('probability .999'),
    expect.stringContaining('The prompt is cut into lines instead of tokens'),
    expect.stringContaining('Sentiment ×3'),
  ]);
  expect(found.map(({ help }) => help)).toEqual([undefined, 'delete', 'contrast', undefined, undefined]);
});

test('a unit that holds the predicting position says why knock-out has no score of it; rollout says what it leaves out', () => {
  const blind = (change: (result: SaliencyData['result']) => void) => {
    const data = copied('sentiment', change);
    return noticeTexts(shownOf(data)).filter(({ help }) => help === 'delete');
  };
  expect(blind(() => {})[0].text).toMatch(/^“:” has no score with knock-out, because the answer is read inside it/);
  const none = blind((result) => {
    result.unscored = [];
  });
  expect(none).toEqual([]);
  const rollout = copied('sentiment', ({ methods }) => {
    methods[0].method = 'rollout';
  });
  const state = ready(rollout);
  state.intent = { ...state.intent, saliency: { ...state.intent.saliency, methods: ['rollout'] } };
  expect(noticeTexts(shownOf(rollout, state))[0].text).toContain('Attention rollout follows attention alone');
});

test('table twins and CSV carry every unit, curve and correlation', () => {
  const shown = shownOf(recorded('reviews'));
  const units = unitsTable(shown);
  expect(units.rows).toHaveLength(40);
  expect(units.columns).toHaveLength(3 + 2 * 4);
  expect(curvesTable(shown)?.rows).toHaveLength(11);
  expect(agreementTable(shown)?.rows[1].slice(0, 3)).toEqual(['Gradient × input', expect.closeTo(0.3, 1), 1]);
  const [head, first] = csvOf(saliencyCsv(shown)).split('\r\n');
  expect(head).toBe(
    'text,start,end,firstPositionFrom1,lastPositionFrom1,occlusion,input,integrated,integratedSteps,integratedReliable,attention',
  );
  expect(first.startsWith('Review,0,6,1,1,-0.68')).toBe(true);
  expect(legendNotes(shown)[0].text).toContain('(completeness −155 %): the scores add up to −1.34');
});
