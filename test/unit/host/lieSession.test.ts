import { beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../../src/analysis/contracts';
import type { LieIntent } from '../../../src/analysis/panel';
import { mostStatements } from '../../../src/host/session/lieAnalysis';
import { initialIntent } from '../../../src/host/session/panelDefaults';
import type { PromptSource } from '../../../src/host/session/promptSource';
import { restoredIntent } from '../../../src/host/session/restoredIntent';
import { wantedBy } from '../../../src/host/session/wanted';
import { ProblemError } from '../../../src/protocol/problem';
import { promptOf } from './prompts';
import { setUp, source } from './sessionBench';

beforeAll(async () => {
  await Promise.all([import('../../../src/document/ownAnswer'), import('../../../src/document/statements')]);
});

/** Differs from the bench's: modules that are loaded on demand need turns of the event loop. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function table(text: string): PromptSource {
  const pieces = [{ at: 0, length: text.length, source: [0, text.length] as [number, number] }];
  return {
    ...source(text),
    title: 'a.csv',
    uri: 'file:///a.csv',
    read: async () => {
      throw new ProblemError('tableNotPrompt', ['a.csv']);
    },
    readPlain: async () => ({ kind: 'raw', file: 'a.csv', text, pieces }),
  };
}

async function looking(shown: PromptSource, analysis: Analysis) {
  const parts = setUp();
  const { session, questions } = parts;
  session.setSource(shown);
  session.setWanted([analysis]);
  await settled();
  const at = (method: string) => {
    const found = questions.filter((each) => each.method === method).at(-1);
    if (!found) throw new Error(`nobody asked for ${method}: ${questions.map((each) => each.method)}`);
    return found;
  };
  const lie = (change: Partial<LieIntent>) => {
    const { intent } = session.state;
    session.setIntent({ ...intent, lie: { ...intent.lie, ...change } }, 'page');
  };
  return { ...parts, at, lie };
}

/** Holds only the fields that the session reads. */
const judged = (count: number, complete = true) => ({
  card: {},
  statements: Array.from({ length: count }, (_, row) => ({ trained: row === 0 })),
  complete,
});

describe('the statements of the text', () => {
  it('are judged with their places, and shown as they come', async () => {
    const { session, at, clock } = await looking(source('Iron is a metal. Tin is a fish.'), 'lie');
    expect(at('truth').params).toMatchObject({
      shown: { kind: 'raw', text: 'Iron is a metal. Tin is a fish.' },
      statements: [
        { text: 'Iron is a metal.', source: [0, 16] },
        { text: 'Tin is a fish.', source: [17, 31] },
      ],
      probe: null,
    });
    await clock.pass(1000);
    at('truth').progress(judged(1, false));
    expect(session.state.lie).toMatchObject({
      kind: 'running',
      previous: { from: 'sentences', prompt: promptOf(['A', ' b']), labels: [null, null], result: { complete: false } },
    });
    at('truth').resolve({ prompt: promptOf(['Iron', ' is']), result: judged(2), runMs: 5 });
    await settled();
    expect(session.state.lie).toMatchObject({
      kind: 'ready',
      data: { prompt: { tokens: [{}, {}] }, found: 2, questions: 0, probe: null },
    });
  });

  it('come from a table with their labels', async () => {
    const { session, at } = await looking(table('statement,label\nIron is a metal.,true\nTin is a fish.,0\n'), 'lie');
    at('truth').resolve({ result: judged(2), runMs: 5 });
    await settled();
    expect(session.state.lie).toMatchObject({
      kind: 'ready',
      data: { from: 'rows', labels: [true, false], training: 1 },
    });
  });

  it('are judged anew by another probe, whose name is shown', async () => {
    const { session, at, lie, questions } = await looking(source('Iron is a metal.'), 'lie');
    at('truth').resolve({ result: judged(1), runMs: 5 });
    await settled();
    lie({ frame: 'statement' });
    expect(questions).toHaveLength(1);
    lie({ probe: '/somewhere/own.probe.json' });
    await settled();
    expect(at('truth').params).toMatchObject({ probe: '/somewhere/own.probe.json' });
    at('truth').reject(new ProblemError('probeOtherModel', ['own.probe.json', 'tiny']));
    await settled();
    expect(session.state.lie).toMatchObject({
      kind: 'failed',
      problem: { code: 'probeOtherModel' },
      previous: { probe: null },
    });
  });

  it('end at a limit, and a long text is shown without tokens', async () => {
    const many = Array.from({ length: mostStatements + 5 }, (_, i) => `Fact ${i} is a true fact.`).join('\n');
    const { session, at, questions } = await looking(source(many), 'lie');
    expect(questions.map(({ method }) => method)).toEqual(['truth']);
    expect(at('truth').params.statements).toHaveLength(mostStatements);
    at('truth').resolve({ prompt: null, result: judged(mostStatements), runMs: 5 });
    await settled();
    expect(session.state.lie).toMatchObject({ data: { found: mostStatements + 5, prompt: { tokens: [] } } });
  });

  it('that are none end in a sentence', async () => {
    const { session } = await looking(source('Why? 42.'), 'lie');
    expect(session.state.lie).toMatchObject({ kind: 'failed', problem: { code: 'noStatements', args: ['a.txt'] } });
  });
});

describe('the model’s own answer', () => {
  const steps = (words: string[], logprob: number) =>
    words.map((delta) => ({ id: 1, text: delta, logprob, rank: 0, entropy: 1, top: [], delta }));

  async function answered(text: string, words: string[], finish: 'stop' | 'length' = 'stop') {
    const parts = await looking(source(text), 'answer');
    const question = parts.at('generate');
    for (const step of steps(words, -0.5)) question.report(step);
    question.resolve({ result: { tokens: [], text: words.join(''), finish }, runMs: 3 });
    await settled();
    return { ...parts, question };
  }

  it('is asked for as a message where the text is finished', async () => {
    const { session, question, at } = await answered('What do bees make?', [
      'Bees',
      ' make',
      ' honey.',
      ' They',
      ' fly.',
    ]);
    expect(question.params.prompt).toMatchObject({
      kind: 'chat',
      messages: [{ role: 'user', content: 'What do bees make?' }],
    });
    expect(question.params.options).toMatchObject({ temperature: 0 });
    expect(at('truth').params.statements).toEqual([
      { text: 'Bees make honey.', source: null },
      { text: 'They fly.', source: null },
    ]);
    at('truth').resolve({ result: judged(2), runMs: 5 });
    await settled();
    expect(session.state.answer).toMatchObject({
      kind: 'ready',
      data: { from: 'answer', answer: { how: 'chat', logprob: -0.5, statements: [-0.5, -0.5] } },
    });
  });

  it('completes the sentence that the text leaves open', async () => {
    const { at } = await answered(
      'Rome is in Italy. The capital of France is',
      [' Paris.', ' It', ' is', ' lar'],
      'length',
    );
    expect(at('truth').params.statements).toEqual([{ text: 'The capital of France is Paris.', source: null }]);
  });

  it('is not asked of a table', async () => {
    const { session } = await looking(table('statement,label\nIron is a metal.,true\n'), 'answer');
    expect(session.state.answer).toMatchObject({ kind: 'failed', problem: { code: 'tableNotPrompt' } });
  });
});

describe('the layer probe', () => {
  it('reads a table’s rows as the choices say', async () => {
    const { session, at, lie } = await looking(table('text,label,group\na b,x,1\nc d,y,1\ne f,x,2\n'), 'probe');
    expect(at('probe').params).toMatchObject({
      task: 'classes',
      frame: 'plain',
      rows: [{ text: 'This is a b', label: 'x', group: '1' }, {}, {}],
    });
    lie({ template: '', groupBy: '', label: 'group' });
    await settled();
    expect(at('probe').params).toMatchObject({ rows: [{ text: 'a b', label: '1', group: null }, {}, {}] });
    lie({ template: null, groupBy: 'country', label: 'latitude' });
    await settled();
    lie({ frame: 'statement' });
    await settled();
    expect(at('probe').params).toMatchObject({ frame: 'statement' });
    at('probe').resolve({ result: { best: 3 }, runMs: 5 });
    await settled();
    expect(session.state.probe).toMatchObject({
      kind: 'ready',
      data: {
        classes: [
          { label: 'x', rows: 2 },
          { label: 'y', rows: 1 },
        ],
      },
    });
  });

  it('needs a table', async () => {
    const { session } = await looking(source('Iron is a metal.'), 'probe');
    expect(session.state.probe).toMatchObject({ kind: 'failed', problem: { code: 'needsTable' } });
  });
});

describe('the tab', () => {
  const at = (lie: Partial<LieIntent>) =>
    wantedBy({ ...initialIntent, tab: 'lie', lie: { ...initialIntent.lie, ...lie } });

  it('wants what its section shows', () => {
    expect([at({}), at({ section: 'answer' }), at({ section: 'probe' })]).toEqual([['lie'], ['answer'], ['probe']]);
  });

  it('keeps its choices over a reload, and nothing that they cannot be', () => {
    const steer = { text: 'The key', strength: 0.5, layer: 28, tokens: 24 };
    const table = { label: 'longitude', groupBy: '', template: 'The city of {x}' };
    const lie: LieIntent = { section: 'probe', probe: '/a.json', frame: 'statement', task: 'number', ...table, steer };
    expect(restoredIntent({ ...initialIntent, lie }, initialIntent)?.lie).toEqual(lie);
    const columns = { label: 3, groupBy: [], template: {} };
    const broken = {
      section: 'x',
      probe: 7,
      frame: null,
      task: [],
      ...columns,
      steer: { text: 1, strength: 'x', layer: -1 },
    };
    expect(restoredIntent({ ...initialIntent, lie: broken }, initialIntent)?.lie).toEqual(initialIntent.lie);
  });
});
