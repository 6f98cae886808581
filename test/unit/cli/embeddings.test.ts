import { describe, expect, it } from 'vitest';
import type { EmbeddingsParams, EmbeddingsResult } from '../../../src/analysis/embeddings/contract';
import type { ShownRequest } from '../../../src/protocol/request';
import { fakePrompt, run } from './fakeEngine';

const point = (source: number, text: string, group: string | null, leftOut = false) => ({
  source,
  position: 3,
  text,
  context: `a ${text}`,
  contextAt: [2, 2 + text.length] as [number, number],
  group,
  range: [2, 2 + text.length] as [number, number],
  beside: false,
  leftOut,
});
const answer: EmbeddingsResult = {
  method: 'pca',
  points: [point(0, 'bank', 'river'), point(1, 'bank', 'money'), point(1, 'They', 'money', true)],
  layers: [
    {
      layer: 2,
      x: [-1, 1],
      y: [0, 0.5],
      variance: [0.7, 0.2],
      cosine: null,
      nearest: null,
      separation: { within: 0.9, across: 0.6, neighbours: 1, chance: 0.3, chanceSpread: 0.1 },
    },
  ],
  found: 3,
};

async function embed(words: string[], files: Record<string, string | Uint8Array> = {}) {
  const asked: EmbeddingsParams[] = [];
  const handlers = {
    embeddings: (params: EmbeddingsParams & ShownRequest) => {
      asked.push(params);
      const points = answer.points.filter(({ source }) => source < params.texts.length);
      const layers = answer.layers.map((layer) => ({ ...layer, x: layer.x.slice(0, points.length) }));
      const prompt = params.shown ? fakePrompt(params.shown) : null;
      return { prompt, runMs: 2, result: { ...answer, points, layers } };
    },
  };
  return { asked, ...(await run(['embeddings', ...words], { handlers, files })) };
}

const table = { 'senses.csv': 'text,group\nthe bank of the river,river\nthe bank took it,money\n' };

describe('embeddings', () => {
  it('reads every token of a prompt at the last layer unless told otherwise', async () => {
    const { asked, status } = await embed(['a.txt', 'a.txt']);
    expect(status).toBe(0);
    expect(asked[0]).toMatchObject({ at: { kind: 'tokens' }, method: 'pca', leaveOutMassive: false, seed: 1 });
    expect(asked[0].layers).toHaveLength(1);
    expect(asked[0].texts).toHaveLength(2);
    const promptOf = async (files: string[]) => JSON.parse((await embed([...files, '--json'])).output).prompt;
    expect(await promptOf(['a.txt', 'a.txt'])).toBeNull();
    expect(await promptOf(['a.txt'])).toMatchObject({ file: 'a.txt' });
  });

  it('draws on the axes of another layer, and along a probe, where it is told to', async () => {
    const direction = [1, 2, 3, 4, 5, 6, 7, 8];
    const probe = { 'p.json': JSON.stringify({ best: 1, direction }) };
    const frozen = ['a.txt', 'a.txt', '--layer', '2', '--basis', 'frozen', '--basis-layer', '1', '--axis', 'p.json'];
    const { asked, output } = await embed(frozen, probe);
    expect(asked[0]).toMatchObject({ layers: [2], basis: 'frozen', basisLayer: 1, axis: direction });
    expect(output).toMatch(/^layer 2 on the axes of layer 1, 2 points/);
    const fingerprint = async (words: string[]) =>
      JSON.parse((await embed([...words, '--json'], probe)).output).fingerprint;
    expect(await fingerprint(frozen)).not.toBe(await fingerprint(frozen.slice(0, -2)));
    const other = await embed(['a.txt', '--axis', 'p.json'], { 'p.json': JSON.stringify({ best: 1, direction: [1] }) });
    expect([other.status, other.errors]).toEqual([
      1,
      expect.stringContaining('p.json was trained on a different model'),
    ]);
  });

  it.each([
    [['--basis-layer', '3'], 'needs --basis frozen'],
    [['--basis', 'frozen', '--method', 'umap'], 'for --method pca'],
    [['--axis', 'truth', '--method', 'tsne'], 'for --method pca'],
  ])('knows wrong usage of axes: %j', async (words, sentence) => {
    const { status, errors } = await embed(['a.txt', ...words]);
    expect([status, errors]).toEqual([2, expect.stringContaining(sentence)]);
  });

  it('takes the rows of a table with their groups, put into a template', async () => {
    const words = ['senses.csv', '--select', 'bank', '--layer', '2', '--template', 'Note: {x}', '--method', 'umap'];
    const { asked } = await embed([...words, '--seed', '7'], table);
    expect(asked[0]).toMatchObject({ at: { kind: 'pattern', pattern: 'bank' }, layers: [2], method: 'umap', seed: 7 });
    expect(asked[0].texts.map(({ input, group }) => [input.kind === 'raw' && input.text, group])).toEqual([
      ['Note: the bank of the river', 'river'],
      ['Note: the bank took it', 'money'],
    ]);
  });

  it('says on standard error what it read of a table', async () => {
    const { errors, output } = await embed(['senses.csv', '--json'], table);
    expect(errors).toBe(
      'senses.csv: 2 rows, 2 columns (text, group), commas between them, the first line is the header.\n',
    );
    expect(JSON.parse(output).command).toBe('embeddings');
  });

  it.each([
    ['fruit.csv', [], ['apple', 'banana', 'cherry'], /3 rows, one column \(text\), apparently no header line/],
    ['fruit.csv', ['--header'], ['banana', 'cherry'], /2 rows, one column \(apple\), the first line is the header/],
    ['tabs.tsv', [], ['a, b', 'c'], /2 rows, 2 columns \(text, group\), tabs between them/],
    ['tabs.tsv', ['--no-header'], ['text', 'a, b', 'c'], /3 rows, 2 columns \(text, label\), .*no header line\./],
    ['index.csv', [], ['The cat', 'The dog', 'A bird'], /the column of row numbers is not used/],
    ['wide.tsv', [], ['é', 'ü'], /2 rows, 2 columns \(text, group\), tabs between them/],
  ])('reads %s %j as rows', async (file, options, texts, sentence) => {
    const files: Record<string, string | Uint8Array> = {
      'fruit.csv': 'apple\nbanana\ncherry\n',
      'tabs.tsv': 'text\tgroup\na, b\tx\nc\ty\n',
      'index.csv': ',phrase\n0,The cat\n1,The dog\n2,A bird\n',
      // Excel calls this format Unicode text.
      'wide.tsv': Buffer.from('\uFEFFtext\tgroup\r\né\tx\r\nü\ty\r\n', 'utf16le'),
    };
    const { asked, errors } = await embed([file, '--last', ...options], files);
    expect(asked[0].texts.map(({ input }) => input.kind === 'raw' && input.text)).toEqual(texts);
    expect(errors).toMatch(sentence);
  });

  it('takes the lines of a list', async () => {
    const { asked } = await embed(['list.txt', '--lines', '--last'], { 'list.txt': 'one\n\ntwo\n' });
    expect(asked[0].at).toEqual({ kind: 'last' });
    expect(asked[0].texts).toHaveLength(2);
  });

  it.each([['--chat'], ['--continue'], ['--var', 'a=b']])(
    'refuses %s for a list: it has no use for it',
    async (...words) => {
      const { asked, status, errors } = await embed(['list.txt', '--lines', ...words], { 'list.txt': 'one\ntwo\n' });
      expect(asked).toEqual([]);
      expect(status).toBe(2);
      expect(errors).toContain(`${words[0]} is for prompt files, not for lists and tables.`);
    },
  );

  it('reports the points that are drawn, with their files', async () => {
    const { output } = await embed(['senses.csv', '--json'], table);
    expect(JSON.parse(output).result).toEqual({
      layer: 2,
      method: 'pca',
      variance: [0.7, 0.2],
      points: [
        { file: 'senses.csv', position: 3, text: 'bank', group: 'river', x: -1, y: 0 },
        { file: 'senses.csv', position: 3, text: 'bank', group: 'money', x: 1, y: 0.5 },
      ],
    });
  });

  it('tells people what the plane keeps, what was left out and whether groups lie apart', async () => {
    const { output } = await embed(['senses.csv'], table);
    expect(output).toContain('layer 2, 2 points, 70 % + 20 % of the variance');
    expect(output).toContain('left out, many times as long: They');
    expect(output).toContain('cosine within groups 0.900, across 0.600');
    expect(output).toContain('by chance 0.30');
  });

  it('draws the points with their groups', async () => {
    const { files } = await embed(['senses.csv', '--svg', 'p.svg'], table);
    const svg = String(files.get('p.svg'));
    expect(svg.match(/<circle /g)).toHaveLength(1);
    expect(svg).toContain('1 = river, 2 = money');
    expect(svg).toContain('bank 2');
  });

  it.each([
    [['a.txt', '--last', '--select', 'x'], /excludes/],
    [['senses.csv', '--template', 'no place'], /has no \{x\}/],
    [['a.txt', '--layer', 'top'], /whole number/],
  ])('refuses %j as wrong usage', async (words, message) => {
    const { status, errors } = await embed(words, table);
    expect(status).toBe(2);
    expect(errors).toMatch(message);
  });
});
