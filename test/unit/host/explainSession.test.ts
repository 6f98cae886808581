import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../src/analysis/panel';
import { lensColumns } from '../../../src/host/session/analyses';
import { slowPause } from '../../../src/host/session/schedule';
import { clause } from '../../../src/protocol/clauses';
import type { PromptInput } from '../../../src/protocol/model';
import { ProblemError } from '../../../src/protocol/problem';
import { loaded, settled } from './fakes';
import { saliencyOf, wordsOf } from './prompts';
import { delayMs, type Question, setUp, source } from './sessionBench';

const text = 'The film was dull';
const full = saliencyOf(text, { occlusion: [0.1, 0.2, 0.3, 0.4] });
const part = saliencyOf(text, { occlusion: [null, null, null, 0.4] });

/** A session whose Saliency tab is in front; the last question is the one about saliency. */
async function explaining(options: { live?: boolean } = {}) {
  const parts = setUp(options);
  const { session, questions } = parts;
  const last = () => questions[questions.length - 1];
  const change = (intent: Partial<Intent>) => session.setIntent({ ...session.state.intent, ...intent }, 'page');
  const saliency = (values: Partial<Intent['saliency']>) =>
    change({ saliency: { ...session.state.intent.saliency, ...values } });
  session.setSource(source(text));
  session.setWanted(['saliency']);
  await settled();
  return { ...parts, last, change, saliency };
}

async function finish(question: Question, { prompt, result } = full): Promise<void> {
  question.resolve({ prompt, result, runMs: 4, reused: 0 });
  await settled();
}

describe('a result that grows', () => {
  it('is drawn while it is computed', async () => {
    const { session, last, clock } = await explaining();
    await clock.pass(1000);
    last().progress(part.result);
    expect(session.state.saliency).toMatchObject({
      kind: 'running',
      previous: { result: { methods: [{ scores: [null, null, null, 0.4] }] } },
      progress: { done: 1, total: 2 },
    });
    await finish(last());
    expect(session.state.saliency).toMatchObject({ kind: 'ready', data: full });
  });

  it('is told not more often than the eye needs', async () => {
    const { session, last, clock } = await explaining();
    let told = 0;
    session.onDidChange((changes) => {
      if (changes.saliency) told++;
    });
    await clock.pass(1000);
    for (let step = 0; step < 10; step++) {
      last().progress(part.result);
      await clock.pass(20);
    }
    expect(told).toBe(2);
  });

  it('stays after Cancel with everything that was known, and does not go on by itself', async () => {
    const { session, questions, last, clock } = await explaining();
    await clock.pass(1000);
    last().progress(saliencyOf(text, { occlusion: [null, null, null, null] }).result);
    // This comes too soon to be shown but is kept all the same.
    last().progress(part.result);
    session.cancel();
    await clock.pass(10_000);
    expect(session.state.saliency).toMatchObject({
      kind: 'failed',
      problem: { code: 'cancelled' },
      previous: { result: { methods: [{ scores: [null, null, null, 0.4] }] } },
    });
    expect(session.originOf('saliency')?.text).toBe(text);
    expect(questions).toHaveLength(1);
  });

  it('stays when the engine is killed, and is computed again when it is back', async () => {
    const { session, questions, last, clock, status } = await explaining();
    await clock.pass(1000);
    last().progress(part.result);
    status.now = { kind: 'restarting', reason: clause('signal', 'SIGKILL') };
    last().reject(new ProblemError('engineGone', [clause('signal', 'SIGKILL')]));
    await settled();
    expect(session.state.saliency).toMatchObject({ kind: 'running', previous: { prompt: { rendered: 'A b' } } });
    status.now = { kind: 'ready', loaded };
    await finish(last());
    expect(questions).toHaveLength(2);
    expect(session.state.saliency.kind).toBe('ready');
  });

  it('stays when the engine stays down', async () => {
    const { session, last, clock, status } = await explaining();
    await clock.pass(1000);
    last().progress(part.result);
    status.now = { kind: 'down', reason: clause('exitCode', 1) };
    last().reject(new ProblemError('engineGone', [clause('exitCode', 1)]));
    await settled();
    expect(session.state.saliency).toMatchObject({ kind: 'failed', problem: { code: 'engineGone' } });
    expect(session.promptOf('saliency')?.rendered).toBe('A b');
  });
});

describe('switches', () => {
  it('that only change how it looks compute nothing', async () => {
    const { questions, last, change, saliency, session } = await explaining();
    await finish(last());
    saliency({ style: 'heat', range: 0.2, inEditor: true, pattern: 'x' });
    saliency({ methods: [...session.state.intent.saliency.methods].reverse() });
    change({ attention: { ...session.state.intent.attention, gamma: 1 } });
    change({ layers: { ...session.state.intent.layers, cell: 'entropy', map: 'induction' } });
    change({ patching: { from: null, map: 'heads' }, tab: 'saliency' });
    await settled();
    expect(questions).toHaveLength(1);
  });

  it.each([
    { by: 'token' },
    { operator: 'delete' },
    { scope: 'all' },
    { methods: ['occlusion', 'norm'] },
    { by: 'match', pattern: '\\w+' },
  ] as Partial<Intent['saliency']>[])('that it depends on compute it again, live or not: %j', async (values) => {
    const { questions, last, saliency } = await explaining({ live: false });
    await finish(last());
    saliency(values);
    await settled();
    expect(questions).toHaveLength(2);
    expect(last().params).toMatchObject({ pattern: null, ...values, selection: [] });
  });

  it('changed while it is computed start it anew', async () => {
    const { questions, saliency, session } = await explaining();
    saliency({ operator: 'replace' });
    await settled();
    expect(questions[0].signal?.aborted).toBe(true);
    expect(questions[1].params).toMatchObject({ operator: 'replace' });
    await finish(questions[0]);
    expect(session.state.saliency.kind).toBe('running');
  });

  it('hand over what was selected when the unit "selection" was chosen, and it moves with the text', async () => {
    const { session, last, clock } = await explaining();
    await finish(last());
    const by = { ...session.state.intent.saliency, by: 'selection' as const };
    session.setIntent({ ...session.state.intent, saliency: by }, 'page', [[4, 8]]);
    await settled();
    expect(last().params).toMatchObject({ by: 'selection', selection: [[4, 8]] });
    session.setSource(source(`Oh. ${text}`));
    await clock.pass(delayMs * slowPause);
    expect(last().params).toMatchObject({ selection: [[8, 12]] });
  });
});

describe('what takes seconds', () => {
  it('waits longer for the end of typing than the probabilities, which come first', async () => {
    const { session, questions, answer, clock } = setUp();
    session.setSource(source(text));
    session.setWanted(['probabilities', 'saliency']);
    await settled();
    await answer(0);
    await finish(questions[1]);
    session.setSource(source(`${text}.`));
    await clock.pass(delayMs);
    expect(questions.map(({ method }) => method)).toEqual(['probabilities', 'saliency', 'probabilities']);
    await answer(2);
    await clock.pass(delayMs * (slowPause - 1) - 1);
    expect(questions).toHaveLength(3);
    await clock.pass(1);
    expect(questions[3]).toMatchObject({ method: 'saliency', text: `${text}.` });
  });

  it('says that it waits for its turn instead of showing nothing', async () => {
    const { session, answer, status } = setUp();
    status.now = { kind: 'stopped' };
    session.setSource(source(text));
    session.setWanted(['probabilities', 'saliency']);
    expect(session.state.saliency.kind).toBe('loadingModel');
    await settled();
    await answer(0);
    expect(session.state.saliency).toMatchObject({ kind: 'running', previous: null });
    session.cancel();
    expect(session.state.saliency).toMatchObject({ kind: 'failed', problem: { code: 'cancelled' } });
  });
});

describe('a target of the prompt’s own words', () => {
  async function targeted() {
    const parts = await explaining();
    await finish(parts.last());
    const target = { span: [2, 4] as [number, number], contrast: ' was bright' };
    parts.change({ target });
    await settled();
    await finish(parts.last());
    expect(parts.last().params).toMatchObject({ target });
    return parts;
  }

  it('moves along with an edit before it', async () => {
    const { session, last, clock, lost } = await targeted();
    session.setSource(source(`Oh no. ${text}`));
    await clock.pass(delayMs * slowPause);
    expect(last()).toMatchObject({ method: 'tokenize', text: `Oh no. ${text}` });
    last().resolve(wordsOf(` Oh no. ${text}`.trim()));
    await settled();
    expect(last()).toMatchObject({ method: 'saliency', params: { target: { span: [4, 6], contrast: ' was bright' } } });
    expect(session.state.intent.target.span).toEqual([4, 6]);
    expect(lost).toEqual([]);
  });

  it('is given up, and said so, when an edit goes through it', async () => {
    const { session, last, clock, lost } = await targeted();
    session.setSource(source('The film was very dull'));
    expect(session.state.intent.target).toEqual({});
    expect(lost).toEqual(['target']);
    await clock.pass(delayMs * slowPause);
    expect(last()).toMatchObject({ method: 'saliency', params: { target: {} } });
  });

  it('is given up when its words became other tokens', async () => {
    const { session, last, clock, lost } = await targeted();
    session.setSource(source(`${text}er`));
    await clock.pass(delayMs * slowPause);
    last().resolve(wordsOf(`${text}er`));
    await settled();
    expect(lost).toEqual(['target']);
    expect(last()).toMatchObject({ method: 'saliency', params: { target: {} } });
  });

  it('does not outlive its prompt; a typed one waits there and goes nowhere else', async () => {
    const { session, change } = await targeted();
    change({ patching: { from: 'The film was nice', map: 'residual' } });
    session.setSource(source('Another one', 'b'));
    expect(session.state.intent).toMatchObject({ target: {}, patching: { from: null } });
    session.setTarget({ text: ' yes' });
    session.setSource(source('A third one', 'c'));
    expect(session.state.intent.target).toEqual({});
    session.setTarget({ text: ' no', contrast: ' yes' });
    session.setSource(source('Another one, edited', 'b'));
    expect(session.state.intent.target).toEqual({ text: ' yes' });
    session.lose(new ProblemError('promptClosed', ['b']));
    expect(session.state.intent.target).toEqual({});
    session.setSource(source('A third one', 'c'));
    expect(session.state.intent.target).toEqual({ text: ' no', contrast: ' yes' });
    session.setTarget({});
    session.setSource(source('Another one', 'b'));
    session.setSource(source('A third one', 'c'));
    expect(session.state.intent.target).toEqual({});
  });
});

describe('the other tabs', () => {
  it('ask for the last columns of the lens, before the target', async () => {
    const { session, questions, last, change } = await explaining();
    session.setWanted(['layers']);
    await settled();
    expect(last()).toMatchObject({ method: 'logitLens', params: { positions: { last: lensColumns }, target: {} } });
    change({ target: { span: [5, 6] } });
    await settled();
    expect(last()).toMatchObject({
      method: 'logitLens',
      params: { positions: { last: lensColumns }, target: { span: [5, 6] } },
    });
    // The engine knows where the target begins, so nothing else is requested for it.
    expect(questions.slice(-2).map(({ method }) => method)).toEqual(['logitLens', 'logitLens']);
  });

  it('read the second prompt as the first one is read, and say what is wrong with it', async () => {
    const { session, last, change } = await explaining();
    change({ patching: { from: 'The film was nice', map: 'residual' } });
    session.setWanted(['patching']);
    await settled();
    expect(last()).toMatchObject({
      method: 'patching',
      text,
      params: { from: { kind: 'raw', text: 'The film was nice' } },
    });
    last().reject(new ProblemError('lengthsDiffer', [4, 5]));
    await settled();
    expect(session.state.patching).toMatchObject({ kind: 'failed', problem: { code: 'lengthsDiffer' } });
    change({ patching: { from: 'The film is nice', map: 'residual' } });
    await settled();
    expect(last().params).toMatchObject({ from: { text: 'The film is nice' } });
  });
});

describe('the second prompt of patching', () => {
  const chat = (...roles: string[]): PromptInput => ({
    kind: 'chat',
    file: null,
    messages: roles.map((role) => ({ role, content: 'Hello', pieces: [] })),
  });
  async function patching(first: PromptInput, second: PromptInput, continueLast: boolean) {
    const bench = await explaining();
    bench.session.setSource({ ...source(text, 'chat'), read: async () => first, readText: async () => second });
    bench.change({ continueLast, patching: { from: 'changed', map: 'residual' } });
    bench.session.setWanted(['patching']);
    await settled();
    return bench;
  }

  it('is left open as the first one is', async () => {
    const both = await patching(chat('user', 'assistant'), chat('system', 'assistant'), true);
    expect(both.last().params).toMatchObject({ prompt: { continueLast: true }, from: { continueLast: true } });
    // The first prompt cannot be left open, so the switch applies to neither.
    const neither = await patching(chat('user'), chat('user', 'assistant'), true);
    expect(neither.last()).toMatchObject({ method: 'patching' });
    expect((neither.last().params as { from: PromptInput }).from).not.toHaveProperty('continueLast');
  });

  it('that cannot be is refused in words and not asked about', async () => {
    const { session, questions } = await patching(chat('user', 'assistant'), chat('assistant', 'user'), true);
    expect(questions.filter(({ method }) => method === 'patching')).toEqual([]);
    expect(session.state.patching).toMatchObject({
      kind: 'failed',
      problem: {
        code: 'nothingToContinue',
        message: 'The second prompt does not end with an assistant message that could be left open.',
      },
    });
  });
});

describe('without live updates', () => {
  it('a failure goes when its cause is gone', async () => {
    const { session, questions, clock } = setUp({ live: false });
    session.setSource(source(''));
    session.setWanted(['probabilities']);
    await settled();
    expect(session.state.probabilities).toMatchObject({ kind: 'failed', problem: { code: 'emptyPrompt' } });
    session.setSource(source('The film'));
    await clock.pass(delayMs);
    expect(questions.map(({ text }) => text)).toEqual(['The film']);
  });

  it('an engine that is back computes what it failed to, also behind an older result', async () => {
    const { session, last, saliency, status } = await explaining({ live: false });
    await finish(last());
    saliency({ by: 'line' });
    await settled();
    status.now = { kind: 'down', reason: clause('exitCode', 1) };
    last().reject(new ProblemError('engineGone', [clause('exitCode', 1)]));
    await settled();
    expect(session.state.saliency).toMatchObject({ kind: 'failed', previous: full });
    status.now = { kind: 'ready', loaded };
    session.engineChanged(status.now);
    await settled();
    expect(last().params).toMatchObject({ by: 'line' });
    await finish(last());
    expect(session.state.saliency.kind).toBe('ready');
  });
});
