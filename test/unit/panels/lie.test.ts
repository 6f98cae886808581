// @vitest-environment happy-dom
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Intent, LieIntent, PanelState } from '../../../src/analysis/panel';
import type { ProbeData } from '../../../src/analysis/probe/contract';
import { contradicts, type LieData } from '../../../src/analysis/truth/contract';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';
import { allKeys, type View, type ViewContext } from '../../../webview/base/view';
import { comparison, sameCard } from '../../../webview/panels/lie/evidence';
import { answersTable, freeWords, listedWords } from '../../../webview/panels/lie/ownAnswers';
import { probeSection, verdictWords as probeWords, warningWords } from '../../../webview/panels/lie/probeSection';
import { blankLayers } from '../../../webview/panels/lie/statementDetails';
import { cardTables, statementTable } from '../../../webview/panels/lie/tables';
import { createLieView } from '../../../webview/panels/lie/view';
import {
  agreementWords,
  errorWords,
  gainWords,
  leftOutWords,
  rateWords,
  statementFacts,
  trainingWords,
} from '../../../webview/panels/lie/words';
import { press, theme } from '../charts/domSetup';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));
vi.setConfig({ testTimeout: 30_000 });

const read = (name: string) => JSON.parse(readFileSync(join(__dirname, `../../fixtures/panel/${name}.json`), 'utf8'));
const { prompt } = read('truth');
const lie: LieData = { prompt, ...read('truth.lie') };
const answer: LieData = { prompt, ...read('truth.answer') };
const probe: ProbeData = { prompt, ...read('truth.probe') };
const { card, statements } = lie.result;
const ready = <T>(data: T) => ({ kind: 'ready' as const, data, runMs: 5, at: 0 });

/** A page around the tab, with the requests that it made and the state that it is given back. */
function page(chosen: Partial<LieIntent> = {}, states: Partial<PanelState> = {}) {
  const intent: Intent = { ...initialIntent, tab: 'lie', lie: { ...initialIntent.lie, ...chosen } };
  let state: PanelState = {
    ...initialState(intent, true),
    title: 'facts.csv',
    ...{ lie: ready(lie), answer: ready(answer), probe: ready(probe) },
    ...states,
  };
  const notify = vi.fn();
  const action = vi.fn();
  const announce = vi.fn();
  const view: { now: View | null } = { now: null };
  const apply = (change: Partial<PanelState>) => {
    state = { ...state, ...change };
    view.now?.update(state, new Set(Object.keys(change) as (keyof PanelState)[]));
  };
  const context: ViewContext = {
    channel: { notify } as unknown as ViewContext['channel'],
    theme: () => theme,
    state: () => state,
    select: (change) => apply({ selection: { ...state.selection, ...change } }),
    setIntent: (change) => apply({ intent: { ...state.intent, ...change } }),
    action,
    reveal: vi.fn(),
    announce,
    answered: () => {},
    onWidth(_element, listener) {
      listener(880);
      return () => {};
    },
    card: vi.fn(),
  };
  view.now = createLieView(context);
  document.body.replaceChildren(view.now.element);
  view.now.update(state, allKeys);
  return { view: view.now, context, apply, notify, action, announce, state: () => state };
}

const rows = () => [...document.querySelectorAll('.lie-rows .lie-row')];
const text = () => document.body.textContent ?? '';
beforeEach(() => document.body.replaceChildren());

describe('the list of statements', () => {
  it('says each verdict by shape and words, and nowhere that somebody lies', () => {
    page();
    expect(rows()).toHaveLength(statements.length);
    const words = rows().map((row) => row.querySelector('.lie-words')?.textContent);
    expect(new Set(words)).toEqual(new Set(['looks true', 'looks false', 'can’t tell', 'outside']));
    expect(text()).not.toMatch(/\b(?:lie|lies|lying|liar)\b/i);
  });

  it('marks what contradicts the table, and nothing that it leaves open', () => {
    page();
    const marked = rows().map((row) => row.textContent?.includes('≠'));
    expect(marked).toEqual(statements.map(({ verdict }, i) => contradicts(verdict, lie.labels[i])));
    expect(marked).toContain(true);
    expect([contradicts('unsure', true), contradicts('true', null), contradicts('false', true)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('gives no probability outside what the probe was tested on, and no score in its place', () => {
    page();
    const at = statements.findIndex(({ outside }) => outside);
    const row = rows()[at];
    expect(row.textContent).toContain('untested');
    expect(row.querySelector('circle')).toBeNull();
    // A score is not a probability, so it stands among the statement's numbers.
    expect(row.querySelector('.num')?.textContent).toBe('');
    expect(statementFacts(statements[at], null, null).map(([name]) => name)).toContain('score, log-odds');
    expect(statementFacts(statements[at], null, null).map(([name]) => name)).not.toContain(
      'probability of “looks true”',
    );
  });

  it('says why a negation is not read, in the row and in its numbers', () => {
    const doubtful = { ...statements[0], outside: true, doubt: 'double' as const, probability: null };
    page({}, { lie: ready({ ...lie, result: { ...lie.result, statements: [doubtful, ...statements.slice(1)] } }) });
    expect(rows()[0].textContent).toContain('negation unclear');
    expect(rows()[0].getAttribute('aria-description')).toContain('negation unclear: two negations');
    expect(text()).toContain('Use a plainer sentence');
    expect(statementFacts(doubtful, null, null).map(([name]) => name)).not.toContain('read as');
  });

  it('marks the sentences that the probe was trained on, and says what their verdicts prove', () => {
    const trained = statements.map((each, at) => ({ ...each, trained: at < 2 }));
    const data = { ...lie, training: 2, result: { ...lie.result, statements: trained } };
    page({}, { lie: ready(data) });
    expect(rows().map((row) => row.querySelector('.lie-trained') !== null)).toEqual(
      trained.map((each) => each.trained),
    );
    expect(rows()[0].getAttribute('aria-description')).toContain('this very sentence');
    expect(text()).toContain(`trained on 2 of these ${statements.length} sentences`);
    expect(trainingWords({ ...data, training: statements.length })).toMatch(/^The probe was trained on these very/);
    expect(trainingWords({ ...data, training: 0 })).toBe('');
  });

  it('is one tab stop: arrows choose, the editor shows the statement, Esc gives it up', () => {
    const { view, notify, announce } = page();
    const list = document.querySelector('.lie-rows')!;
    press(list, 'ArrowDown');
    press(list, 'ArrowDown');
    expect(
      rows()
        .map((row) => row.getAttribute('aria-selected'))
        .indexOf('true'),
    ).toBe(1);
    expect(notify).toHaveBeenLastCalledWith('revealStatement', { range: statements[1].source });
    expect(announce.mock.lastCall?.[0]).toContain(statements[1].text);
    expect(view.chips?.().at(-1)?.textContent).toContain('2');
    view.unlock?.();
    expect(rows().some((row) => row.getAttribute('aria-selected') === 'true')).toBe(false);
    expect(view.key?.(new KeyboardEvent('keydown', { key: 'k' }))).toBe(true);
    expect(rows().at(-1)?.getAttribute('aria-selected')).toBe('true');
  });

  it('follows a token that was locked in the text', () => {
    const { apply, state } = page();
    const [start] = statements[4].source ?? [0];
    const locked = prompt.tokens.findIndex(
      (token: { source: [number, number] }) => token.source[0] <= start && start < token.source[1],
    );
    apply({ selection: { ...state().selection, locked: locked + 1 } });
    expect(rows()[4].getAttribute('aria-selected')).toBe('true');
  });

  it('draws a long list in parts', () => {
    const many = {
      ...lie,
      result: { ...lie.result, statements: Array(250).fill(statements[0]) },
      labels: Array(250).fill(true),
    };
    page({}, { lie: ready(many) });
    expect(rows()).toHaveLength(100);
    [...document.querySelectorAll<HTMLElement>('.link')].find((link) => link.textContent?.startsWith('Show'))?.click();
    expect(rows()).toHaveLength(250);
  });

  it('says how far it has come while it grows', () => {
    const part = { ...lie, result: { ...lie.result, statements: statements.slice(0, 5), complete: false } };
    page({}, { lie: { kind: 'running', previous: part, progress: null, elapsedMs: 5 } });
    expect(rows()).toHaveLength(5);
    expect(text()).toContain(`5 of ${lie.labels.length} so far`);
  });
});

describe('how far to believe it', () => {
  it('is in the view: figures, baselines, the failure without negation one click away', () => {
    page();
    for (const words of [
      'Compared with simpler methods',
      'log p × negation',
      'shuffled labels',
      'Calibration',
      'Frozen test',
    ])
      expect(text()).toContain(words);
    const why = [...document.querySelectorAll<HTMLElement>('.link')].find((link) =>
      link.textContent?.includes('trained without'),
    );
    const explained = document.querySelector<HTMLElement>('.lie-flip')!;
    expect(explained.hidden).toBe(true);
    why?.click();
    expect([explained.hidden, why?.getAttribute('aria-expanded')]).toEqual([false, 'true']);
    expect(explained.textContent).toContain('backwards');
  });

  it('compares the probe’s own figures with every other on the card', () => {
    const values = comparison(card).map(({ value }) => value);
    for (const value of [card.auroc.value, card.known.value, card.baselines.logprob.value, card.negationFlip])
      expect(values).toContain(value);
    expect(comparison({ ...card, frozen: null })).toHaveLength(comparison(card).length - (card.frozen ? 1 : 0));
  });

  it('shows the model’s own answers both ways, and says where they are read less well', () => {
    page();
    const answers = card.answers!;
    for (const words of ['On the model’s own choices', 'On its own words', String(answers.free.right)])
      expect(text()).toContain(words);
    const figure = (value: number, low = value - 0.1) => ({ value, low, high: value + 0.1 });
    const statements = { affirmative: figure(0.9) };
    const listed = (probe: ReturnType<typeof figure>) => listedWords({ ...answers.listed, probe }, statements);
    expect(listed(figure(0.79))).toContain('less well than plain statements, .790 instead of .900');
    expect(listed(figure(0.55, 0.48))).toContain('reaches chance');
    expect(listed(figure(0.9))).toContain('as well as plain statements');
    const free = { ...answers.free, right: 8, wrong: 2, unjudged: 90, probe: figure(0.7), logprob: figure(0.75) };
    expect(freeWords(free)).toMatch(/Only 10 of 100 .*alone is the better sign/);
    expect(freeWords({ ...free, logprob: figure(0.6) })).not.toContain('better sign');
    const { rows } = answersTable(answers, statements);
    expect(rows.map(([name]) => name)).toEqual([...Array(3).fill('own choices'), ...Array(3).fill('own words')]);
    expect(rows[0].slice(2)).toEqual([
      ...[answers.listed.probe.value, answers.listed.probe.low, answers.listed.probe.high],
      ...[answers.listed.right, answers.listed.wrong],
    ]);
    const bare = { ...lie, result: { ...lie.result, card: { ...card, answers: null } } };
    page({}, { lie: ready(bare) });
    expect(document.querySelector<HTMLElement>('.lie-own')?.hidden).toBe(true);
  });

  it('says plainly when nothing is gained, and when nothing was tested', () => {
    const turned = { auroc: card.baselines.logprob, baselines: { ...card.baselines, logprob: card.auroc } };
    expect(gainWords(turned)).toContain('gains nothing');
    const bare = { ...lie, result: { ...lie.result, card: { ...card, frozen: null } } };
    page({}, { lie: ready(bare) });
    expect(text()).toContain('Not evaluated yet.');
  });

  it('gives every rate an interval, and never takes no error for none possible', () => {
    const forced = { hits: 770, of: 1000, low: 0.71, high: 0.824 };
    expect(errorWords(forced)).toBe(
      'Forced to decide, it is wrong 23 times in 100 on topics that were held out (18–29).',
    );
    const faultless = { hits: 48, of: 48, low: 0.05 ** (1 / 48), high: 1 };
    expect(errorWords(faultless)).toBe(
      'Forced to decide: no error on 48 held-out sentences (up to 6 in 100 possible).',
    );
    expect(rateWords(faultless)).toBe('all 48 (possibly up to 6 in 100 are not)');
    expect(rateWords(forced)).toBe('.77 (.71–.82)');
    expect(page().view.about.cannotTell).toContain(errorWords(card.accuracy.forced));
    for (const words of ['right where it decides', 'from the worst topic to the best', 'words (TF-IDF)'])
      expect(text()).toContain(words);
  });

  it('shades the layers that read no more than shuffled labels', () => {
    const blank = blankLayers(card);
    expect(blank[0]).toBe(true);
    expect(card.blocks.some((block) => blank[block])).toBe(false);
  });

  it('is drawn anew for another probe only', () => {
    expect(sameCard(card, structuredClone(card))).toBe(true);
    expect(sameCard(card, { ...card, seed: card.seed + 1 })).toBe(false);
  });
});

describe('in words', () => {
  it('verdicts against labels, and what was left out', () => {
    const found = agreementWords(lie);
    const decided = statements.filter(({ verdict }, i) => lie.labels[i] !== null && verdict !== 'unsure');
    expect(found).toContain(`of ${decided.length} verdicts agree`);
    expect(agreementWords({ ...lie, labels: lie.labels.map(() => null) })).toBe('');
    const open = lie.result.statements.map((each) => ({ ...each, verdict: 'unsure' as const }));
    expect(agreementWords({ ...lie, result: { ...lie.result, statements: open } })).toMatch(/^None of your labels/);
    expect(leftOutWords({ ...lie, found: 20, questions: 1 })).toBe(
      `${20 - lie.labels.length} more statements are not judged: the list ends at ${lie.labels.length}. 1 question is left out.`,
    );
  });
});

describe('the model’s own answer', () => {
  it('stands above its statements with its mean log-probability', () => {
    page({ section: 'answer' });
    expect(text()).toContain(answer.answer?.text.trim());
    expect(text()).toContain('mean log p −');
    expect(statementTable(answer).columns).toContain('mean log p as it was written');
  });

  it('reveals nothing in the editor: it stands in no file', () => {
    const { notify } = page({ section: 'answer' });
    press(document.querySelector('.lie-rows')!, 'ArrowDown');
    expect(notify).not.toHaveBeenCalled();
  });
});

describe('the layer probe', () => {
  it('says what is read where, against shuffled labels', () => {
    const { view } = page({ section: 'probe' });
    expect(view.lead().answer).toContain(`Best read at layer ${probe.result.best}`);
    expect(document.querySelectorAll('.probe-curve circle')).not.toHaveLength(0);
    expect(text()).toContain('80 rows');
  });

  it('says that nothing is read inside the band', () => {
    const layers = probe.result.layers.map((each) => ({ ...each, score: each.shuffled }));
    expect(probeWords({ ...probe.result, layers })).toContain('No layer');
    expect(warningWords({ warnings: ['fewGroups', 'length'] })).toHaveLength(2);
    expect(probeWords({ ...probe.result, layers: [] })).toBe('');
  });

  it('asks anew with another frame, and lends its direction to Embeddings', () => {
    const { state } = page({ section: 'probe' });
    [...document.querySelectorAll<HTMLElement>('[role="radio"]')]
      .find((each) => each.textContent === 'Answer')
      ?.click();
    expect(state().intent.lie.frame).toBe('statement');
    [...document.querySelectorAll<HTMLElement>('.link')].find((each) => each.textContent?.includes('Axis'))?.click();
    expect(state().intent).toMatchObject({ tab: 'embeddings', embeddings: { axis: probe.result.direction } });
  });

  it('offers the table’s columns, and shows what the automatic choices came to', () => {
    const cities: ProbeData = { prompt, ...read('cities.probe') };
    const { state } = page({ section: 'probe', template: 'The city of {x}' }, { probe: ready(cities) });
    const boxes = [
      ...document.querySelectorAll<HTMLElement & { value: string }>('.lie-probe-controls vscode-dropdown'),
    ];
    expect(boxes.map((box) => box.getAttribute('current-value'))).toEqual(['latitude', 'country']);
    const choose = (box: number, value: string) => {
      boxes[box].value = value;
      boxes[box].dispatchEvent(new Event('change'));
    };
    choose(0, 'longitude');
    choose(1, '');
    expect(state().intent.lie).toMatchObject({ label: 'longitude', groupBy: '', template: 'The city of {x}' });
    [...document.querySelectorAll<HTMLElement>('.link')].find((each) => each.textContent?.includes('Axis'))?.click();
    expect(state().intent.embeddings).toMatchObject({ template: 'The city of {x}' });
  });

  it('has no chips before there is a result', () => {
    const section = probeSection(page().context);
    expect(section.chips()).toEqual([]);
    expect(section.tables()).toEqual([]);
    expect(section.exports()).toEqual({});
  });
});

describe('the tab', () => {
  it('turns to the facts of its section', () => {
    const { view, state } = page();
    expect(view.stateKey?.(state())).toBe('lie');
    [...document.querySelectorAll<HTMLElement>('[role="radio"]')]
      .find((each) => each.textContent === 'Own answer')
      ?.click();
    expect(view.stateKey?.(state())).toBe('answer');
  });

  it('offers training on a table, another probe, and the way back', () => {
    const { view, action, state } = page({ probe: '/x/own.json' });
    const link = (words: string) =>
      [
        ...document.querySelectorAll<HTMLElement>('.link'),
        ...(view.chips?.() ?? []).flatMap((chip) => [...chip.querySelectorAll<HTMLElement>('.link')]),
      ].find((each) => each.textContent === words);
    link('Train on This Table…')?.click();
    link('Use Another Probe…')?.click();
    expect(action.mock.calls.flat()).toEqual(['trainProbe', 'chooseProbe']);
    link('Back to the Model’s Own Probe')?.click();
    expect(state().intent.lie.probe).toBeNull();
  });

  it('has a twin of every number and a picture with every chart', () => {
    const { view } = page();
    expect(view.table?.().rows).toHaveLength(statements.length);
    expect(cardTables(card).map(({ caption }) => caption)).toEqual(view.moreTables?.().map(({ caption }) => caption));
    for (const twin of [view.table!(), ...view.moreTables!()])
      expect(twin.rows.every((row) => row.length === twin.columns.length)).toBe(true);
    const picture = view.exports?.().svg?.() ?? '';
    for (const words of ['The capital of Norway is Oslo.', 'By topic', 'Calibration']) expect(picture).toContain(words);
    expect(view.exports?.().json?.()).toMatchObject({ labels: lie.labels, complete: true });
  });
});
