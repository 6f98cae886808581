/** The plot of the Embeddings tab: automatic choices, texts and their places in the file, and the requests to the engine. */
import { describe, expect, it } from 'vitest';
import type { EmbeddedPoint, EmbeddingsIntent, EmbeddingsParams } from '../../../src/analysis/embeddings/contract';
import { dependsOn } from '../../../src/host/session/analyses';
import { embeddedTexts, pointsAt } from '../../../src/host/session/embeddedTexts';
import { askEmbeddings, askNeighbours, layersAtOnce, placesOf } from '../../../src/host/session/embeddingsAnalysis';
import { initialIntent } from '../../../src/host/session/panelDefaults';
import { restoredIntent } from '../../../src/host/session/restoredIntent';
import { wantedBy } from '../../../src/host/session/wanted';
import { loaded, settled } from './fakes';
import { promptOf, wordsOf } from './prompts';
import { setUp, source } from './sessionBench';

const input = (text: string) => ({ kind: 'raw' as const, file: null, text, pieces: [] });
const plot = (text: string, file = 'a.txt', change: Partial<EmbeddingsIntent> = {}) =>
  embeddedTexts(
    { ...source(text), uri: `file:///${file}`, title: file },
    input(text),
    { ...initialIntent.embeddings, ...change },
    async () => [{ uri: 'file:///other.txt', name: 'other.txt', input: input('Other') }],
  );
const bank = 'The river bank\nA muddy bank\n\nMy bank account\nThe bank pays\n';

describe('what is plotted unasked', () => {
  it('is the word that stands in all lines; an empty line makes groups', async () => {
    const { plan, texts, spots } = await plot(bank);
    expect(plan).toMatchObject({ source: 'lines', at: 'pattern', pattern: 'bank' });
    expect(texts.map(({ group }) => group)).toEqual(['1', '1', '2', '2']);
    expect(spots[2]).toEqual({ at: bank.indexOf('My bank'), slot: [0, 15] });
    expect(pointsAt(plan)).toMatchObject({ kind: 'pattern', around: true });
  });

  it('is every token of a prompt, and nothing less when a word is not found', async () => {
    expect((await plot('Once upon a time')).plan).toMatchObject({ source: 'prompt', at: 'tokens' });
    expect((await plot('Once', 'a.txt', { at: 'pattern' })).plan.at).toBe('tokens');
  });

  it('is the last token of a table, its words in a sentence, its groups from their column', async () => {
    const { plan, texts, labels, spots } = await plot('name,group\nEmily,English\n"Wei, Li",Chinese\n', 'n.csv');
    expect(plan).toMatchObject({ source: 'table', at: 'last', template: 'This is {x}', groupBy: 'group' });
    expect(texts.map(({ input: own }) => own.kind === 'raw' && own.text)).toEqual(['This is Emily', 'This is Wei, Li']);
    expect(texts.map(({ group }) => group)).toEqual(['English', 'Chinese']);
    expect(labels).toEqual(['Emily', 'Wei, Li']);
    expect(spots[0]).toEqual({ at: 11, slot: [8, 13] });
    expect(spots[1]).toEqual({ at: 26, slot: [8, 15] });
  });

  it('says what was read of a table, with or without a header, and where each row is', async () => {
    const blank = await plot('name,group\nEmily,x\n,y\n', 'n.csv');
    expect(blank.plan.reading).toMatchObject({ rows: 1, header: true, notes: [{ kind: 'noText', args: [1] }] });
    const bare = await plot('apple\tred\nbanana\tyellow\ncherry\tred\nlime\tgreen\n', 'n.tsv', { groupBy: null });
    expect(bare.plan).toMatchObject({ source: 'table', reading: { rows: 4, header: false, delimiter: '\t' } });
    expect(bare.spots[0]).toMatchObject({ at: 0 });
    await expect(plot('name,group\n,x\n', 'n.csv')).rejects.toMatchObject({ problem: { code: 'emptyPrompt' } });
  });

  it('leaves sentences of a table as they are', async () => {
    const text = 'text,label\nThe capital of France is a large city.,true\n';
    expect((await plot(text, 't.csv')).plan.template).toBe('');
  });
});

describe('what is plotted by choice', () => {
  it('takes another column for the groups, or none', async () => {
    const text = 'name,group,gender\nEmily,English,f\nJames,English,m\n';
    const groups = async (groupBy: string) => (await plot(text, 'n.csv', { groupBy })).texts.map(({ group }) => group);
    expect(await groups('gender')).toEqual(['f', 'm']);
    expect(await groups('')).toEqual([null, null]);
  });

  it('prefers groups made by hand', async () => {
    const { texts } = await plot(bank, 'a.txt', { marks: [{ text: 0, group: 'A' }] });
    expect(texts.map(({ group }) => group)).toEqual(['A', '1', '2', '2']);
  });

  it('reads all open files, the one in front first', async () => {
    const { labels, spots } = await plot('Mine', 'a.txt', { source: 'open' });
    expect(labels).toEqual(['a.txt', 'other.txt']);
    expect(spots).toEqual([{ whole: true }, null]);
  });

  it('refuses a template without its place', async () => {
    await expect(plot(bank, 'a.txt', { template: 'My name is' })).rejects.toMatchObject({
      problem: { code: 'templateWithoutSlot' },
    });
  });
});

const point = (source: number, position: number, range: [number, number]): EmbeddedPoint => ({
  ...{ source, position, range, text: '', context: '', contextAt: [0, 0], group: null },
  ...{ beside: false, leftOut: false },
});

it('finds the file’s token of a point by where its text stands', () => {
  const prompt = promptOf(['name\n', 'Emily', '\n', 'Wei']);
  const spots = [{ at: 5, slot: [8, 13] as [number, number] }, { at: 11, slot: [8, 11] as [number, number] }, null];
  const points = [point(0, 2, [7, 13]), point(0, 0, [0, 4]), point(1, 2, [7, 11]), point(2, 0, [0, 3])];
  expect(placesOf(prompt, points, spots)).toEqual([1, null, 3, null]);
  expect(placesOf(prompt, [point(0, 3, [0, 1])], [{ whole: true }])).toEqual([3]);
});

it('asks for all layers where they cost nothing, else for those of the strip', () => {
  expect(layersAtOnce('pca', 30)).toHaveLength(31);
  expect(layersAtOnce('umap', 30)).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30]);
  expect(layersAtOnce('tsne', 2)).toEqual([0, 1, 2]);
});

it('does not compute anew for another layer on screen, or for what the method ignores', () => {
  const key = (change: Partial<EmbeddingsIntent>) =>
    JSON.stringify(
      dependsOn('embeddings', {
        intent: { ...initialIntent, embeddings: { ...initialIntent.embeddings, ...change } },
        units: [],
      }),
    );
  expect(key({ layer: 7 })).toBe(key({ layer: null }));
  expect(key({ seed: 2 })).toBe(key({}));
  expect(key({ basisLayer: 3 })).toBe(key({}));
  expect(key({ method: 'umap', seed: 2 })).not.toBe(key({ method: 'umap' }));
  expect(key({ basis: 'frozen', basisLayer: 3 })).not.toBe(key({ basis: 'frozen' }));
});

describe('asking the engine', () => {
  const asked: { method: string; params: EmbeddingsParams }[] = [];
  const layer = { layer: 0, x: [0, 1], y: [0, 0], variance: null, cosine: null, nearest: null, separation: null };
  const engine = {
    status: { kind: 'ready' as const, loaded },
    load: async () => loaded,
    request: async (method: string, params: EmbeddingsParams) => {
      asked.push({ method, params });
      if (method === 'neighbours') return { points: [], vocabulary: null };
      const points = [point(0, 2, [9, 14]), point(1, 2, [7, 12])];
      return { prompt: wordsOf(bank), runMs: 3, result: { method: 'pca', points, layers: [layer], found: 2 } };
    },
  };
  const question = {
    ...{ source: source(bank), input: input(bank), intent: initialIntent, units: [] },
    ...{ translate: (problem: never) => problem, openPrompts: async () => [] },
  };

  it('hands on the places in the file, and keeps what further questions need', async () => {
    const data = await askEmbeddings(engine as never, question as never, {});
    expect(asked).toHaveLength(1);
    expect(asked[0].params).toMatchObject({
      shown: input(bank),
      layers: [0, 1, 2],
      method: 'pca',
      leaveOutMassive: true,
    });
    expect(data.places).toEqual([2, 5]);
    expect(data.texts[0]).toEqual({ label: 'The river bank', tokens: 3 });
    const near = { source: 0, position: 2, layer: 1, count: 3 };
    await askNeighbours(engine as never, data, near, new AbortController().signal);
    expect(asked.at(-1)).toMatchObject({
      method: 'neighbours',
      params: { point: { source: 0, position: 2 }, layer: 1 },
    });
    await expect(askNeighbours(engine as never, null, near, new AbortController().signal)).rejects.toMatchObject({
      problem: { code: 'noResult' },
    });
  });
});

describe('a table in front', () => {
  it('is read by the Embeddings tab, though it is no prompt', async () => {
    const { session, questions } = setUp();
    const table = source('name\nEmily\n');
    const refuse = () => Promise.reject(new Error('no prompt'));
    session.setSource({ ...table, uri: 'file:///a.csv', read: refuse, readPlain: table.read });
    session.setWanted(wantedBy({ ...initialIntent, tab: 'embeddings' }));
    await settled();
    await settled();
    expect(questions[0]).toMatchObject({ method: 'embeddings', params: { at: { kind: 'last' } } });
  });
});

it('forgets what was chosen for another prompt, and keeps how it is drawn', () => {
  const { session } = setUp();
  session.setSource(source('One', 'a'));
  const embeddings = { ...initialIntent.embeddings, pattern: 'x', at: 'pattern' as const, method: 'umap' as const };
  session.setIntent({ ...initialIntent, embeddings }, 'page');
  session.setSource(source('Two', 'b'));
  expect(session.state.intent.embeddings).toMatchObject({ pattern: '', at: 'auto', method: 'umap' });
});

it('restores what a page kept, field by field', () => {
  const kept = { version: 1, embeddings: { method: 'tsne', layer: 4, seed: -1, marks: [{ text: 0, group: 'A' }, 3] } };
  const { embeddings } = restoredIntent(kept, initialIntent) ?? initialIntent;
  expect(embeddings).toEqual({
    ...initialIntent.embeddings,
    ...{ method: 'tsne', layer: 4, marks: [{ text: 0, group: 'A' }] },
  });
});
