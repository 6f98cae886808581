/** The commands around probes, on a made-up engine: their requests, the text that people read, and the files they write. */
import { describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../../src/analysis/probe/contract';
import type {
  Figure,
  ProbeCard,
  Rate,
  StoredProbe,
  TopicsFigures,
  TruthResult,
} from '../../../src/analysis/truth/contract';
import { fakePrompt, run, type stage } from './fakeEngine';

type Handlers = NonNullable<NonNullable<Parameters<typeof stage>[0]>['handlers']>;

const figure = (value: number): Figure => ({ value, low: value - 0.05, high: value + 0.05 });
const rate = (hits: number, of: number, low: number, high: number): Rate => ({ hits, of, low, high });
const accuracy = {
  forced: rate(77, 100, 0.7, 0.84),
  decided: rate(43, 50, 0.76, 0.94),
  coverage: rate(50, 100, 0.4, 0.6),
};
const topic = { topic: 'capital', known: true, statements: 40, auroc: figure(0.95), decided: rate(48, 48, 0.9395, 1) };
const figures: TopicsFigures = {
  auroc: figure(0.83),
  topicMean: figure(0.82),
  topicRange: [0.46, 1],
  accuracy,
  baselines: { logprob: figure(0.6), words: figure(0.5), length: null },
  topics: [topic, { ...topic, topic: 'parity', known: false, decided: rate(6, 10, 0.26, 0.88) }],
};
const card: ProbeCard = {
  ...figures,
  blocks: [12, 14],
  trainedOn: { statements: 100, topics: 10 },
  modelSha256: 'abc',
  seed: 1,
  auroc: figure(0.86),
  known: figure(0.9),
  affirmative: figure(0.85),
  negated: figure(0.84),
  surestHalf: rate(45, 50, 0.78, 0.97),
  negationFlip: 0.16,
  layers: [{ layer: 0, auroc: 0.5, shuffled: 0.49, shuffledSpread: 0.02 }],
  calibration: { error: 0.01, bins: [] },
  coverage: [],
  frozen: { ...figures, topicMean: figure(0.79) },
  answers: {
    listed: { right: 50, wrong: 40, probe: figure(0.85), logprob: figure(0.86), both: figure(0.93) },
    free: { right: 90, wrong: 30, unjudged: 7, probe: figure(0.75), logprob: figure(0.76), both: figure(0.83) },
  },
  map: { x: [1], y: [2], label: [true], negated: [false], topic: [0] },
};
const judged = {
  ...{ source: null, score: 2, outside: false, negated: false, doubt: null, trained: false },
  ...{ layers: [0], logprob: -2, x: 0, y: 0 },
};
const truth: TruthResult = {
  card,
  statements: [
    { ...judged, text: 'Oslo is a city.', probability: 0.91, verdict: 'true' },
    { ...judged, text: 'Oslo is a fish.', probability: 0.08, verdict: 'false', trained: true },
    { ...judged, text: 'qwertz', probability: null, verdict: 'unsure', outside: true },
    { ...judged, text: 'It is not false.', probability: null, verdict: 'unsure', outside: true, doubt: 'double' },
  ],
  complete: true,
};
const layers: ProbeResult = {
  task: 'classes',
  measure: 'auroc',
  chance: 0.5,
  rows: 20,
  groups: 10,
  folds: 5,
  layers: [{ layer: 3, score: 0.8, spread: 0.1, shuffled: 0.5, shuffledSpread: 0.05 }],
  best: 3,
  learning: [],
  selectivity: 0.3,
  direction: [1, 0],
  warnings: ['length'],
};
const probe: StoredProbe = {
  schema: 3,
  kind: 'truth',
  card,
  arrays: {},
  platt: { slope: 1, offset: 0 },
  limit: 9,
  rest: 1,
};

async function ask(words: string[], files: Record<string, string>) {
  const asked: [string, unknown][] = [];
  const keep =
    <R>(name: string, result: R) =>
    (params: unknown) => {
      asked.push([name, params]);
      return result;
    };
  const evaluated = {
    auroc: figure(0.8),
    topics: [
      { ...topic, topic: 't', trained: false },
      { ...topic, trained: true },
    ],
    fresh: { ...figures, topics: [{ ...topic, topic: 't' }] },
    trained: { ...figures, topics: [topic] },
    ...{ doubtful: 3, unlike: 0 },
    accuracy: 0.7,
    decided: 0.9,
    coverage: 0.5,
  };
  const handlers = {
    truth: keep('truth', { prompt: null, runMs: 1, result: truth }),
    trainTruth: keep('trainTruth', { runMs: 1, probe }),
    evaluateTruth: keep('evaluateTruth', { runMs: 1, ...evaluated }),
    probe: keep('probe', { runMs: 1, result: layers }),
  };
  return { asked, ...(await run(words, { handlers, files })) };
}

/** Runs `ask` with a model that says two sentences, each token at −0.5 nats. */
async function answered(words: string[], text: string) {
  const asked: [string, unknown][] = [];
  const handlers: Handlers = {
    generate: (params, { progress }) => {
      asked.push(['generate', params]);
      const said = ['Oslo is', ' a city.', ' Oslo', ' is a fish.'];
      for (const delta of said)
        progress({ ...{ id: 1, text: delta, logprob: -0.5, rank: 0, entropy: 1, top: [] }, delta });
      const result = { tokens: [], text: said.join(''), finish: 'stop' as const };
      return { prompt: fakePrompt(params.prompt), runMs: 1, reused: 0, result };
    },
    truth: (params) => {
      asked.push(['truth', params]);
      const result = { ...truth, statements: truth.statements.slice(0, params.statements.length) };
      return { prompt: params.shown ? fakePrompt(params.shown) : null, runMs: 1, result };
    },
  };
  return { asked, ...(await run(words, { handlers, files: { 'q.txt': text } })) };
}

const statements = 'statement,label,topic\nOslo is a city.,true,a\nOslo is a fish.,false,b\n';

describe('truth', () => {
  it('judges every line, with its place', async () => {
    const { asked, output, status } = await ask(['truth', 's.txt'], {
      's.txt': 'Oslo is a city.\n\n Oslo is a fish.\n',
    });
    expect(status).toBe(0);
    expect(asked[0][1]).toEqual({
      statements: [
        { text: 'Oslo is a city.', source: [0, 15] },
        { text: 'Oslo is a fish.', source: [18, 33] },
      ],
      probe: null,
      shown: null,
    });
    expect(output).toMatch(/▲ looks true +0\.91 {2}Oslo is a city\./);
    expect(output).toMatch(/▽ looks false +0\.08/);
    expect(output).toMatch(/– can’t tell +– {2}qwertz \(outside: unlike every training statement\)/);
    expect(output).toContain('(outside: its negation is unclear: two negations)');
    expect(output).toContain('Oslo is a fish. (the probe was trained on it)');
    expect(output).toContain('AUROC 0.820 [0.770, 0.870], from 0.46 to 1.00 by topic');
    expect(output).toContain('right where it decides: 86 % [76, 94] (43 of 50); it decides 50 % [40, 60] (50 of 100)');
  });

  it('judges the rows of a table, not its lines', async () => {
    const content = 'id,statement,label\n7,"Oslo is a city.",true\n9,,false\n12,Oslo is a fish.,false\n';
    const { asked, errors } = await ask(['truth', 's.csv'], { 's.csv': content });
    expect((asked[0][1] as { statements: { text: string; source: [number, number] }[] }).statements).toEqual([
      { text: 'Oslo is a city.', source: [22, 37] },
      { text: 'Oslo is a fish.', source: [56, 71] },
    ]);
    expect(errors).toMatch(/s\.csv: 2 rows, 3 columns \(id, statement, label\).*rows without a text, left out: 1\./);
  });

  it('reports verdicts with what the probe reached on topics it had not seen', async () => {
    const { output } = await ask(['truth', 's.txt', '--json'], { 's.txt': 'x.' });
    const { result } = JSON.parse(output);
    expect(result.probe).toMatchObject({ layer: [12, 14], auroc: 0.86, trainedOn: { statements: 100 } });
    expect(result.statements.map(({ verdict }: { verdict: string }) => verdict)).toEqual([
      ...['true', 'false', 'unsure', 'unsure'],
    ]);
    expect(result.statements[3]).toMatchObject({ outside: true, reason: 'its negation is unclear: two negations' });
    expect(result.probe.heldOut).toMatchObject({ topicRange: [0.46, 1], baseline: { value: 0.6 }, accuracy });
  });

  it('says how its verdicts stand to the labels of a table', async () => {
    const rows = ['Oslo is a city.,true', 'Oslo is a fish.,true', 'qwertz,false', 'It is not false.,'].join('\n');
    const files = { 's.csv': `statement,label\n${rows}\n` };
    const { output } = await ask(['truth', 's.csv'], files);
    expect(output).toMatch(/▲ looks true +0\.91 {2}true +Oslo is a city\./);
    expect(output).toMatch(/▽ looks false +0\.08 {2}true ≠ {2}Oslo is a fish\./);
    expect(output).toContain('1 of 2 verdicts agree with the labels (1–99 in 100');
    expect(output).toContain('on 1 it can’t tell');
    const { result } = JSON.parse((await ask(['truth', 's.csv', '--json'], files)).output);
    expect(result.agreement).toMatchObject({ labelled: 3, decided: 2, right: 1 });
    expect(result.statements.map(({ label }: { label: boolean | null }) => label)).toEqual([true, true, false, null]);
    const csv = String((await ask(['truth', 's.csv', '--csv', 'o.csv'], files)).files.get('o.csv')).split('\r\n');
    expect(csv[0]).toMatch(/,label,logprobAsWritten,fingerprint$/);
    expect(csv[1]).toMatch(/,true,,[0-9a-f]{16}$/);
  });

  it('judges the sentences of a text or a prompt where it is told to', async () => {
    const chat = JSON.stringify([{ role: 'user', content: 'Oslo is a city. Is it? Oslo is a fish.' }]);
    const { asked } = await ask(['truth', 'c.json', '--sentences'], { 'c.json': chat });
    expect((asked[0][1] as { statements: { text: string }[] }).statements.map(({ text }) => text)).toEqual([
      ...['Oslo is a city.', 'Oslo is a fish.'],
    ]);
    const { status, errors } = await ask(['truth', 'c.json', '--chat'], { 'c.json': chat });
    expect([status, errors]).toEqual([2, expect.stringContaining('--chat is for prompt files')]);
  });

  it('has the model answer a text, and judges what it said', async () => {
    const { asked, output } = await answered(['truth', 'q.txt', '--answer', '--probe', 'p.json'], 'What is Oslo?');
    expect(asked[0]).toMatchObject([
      'generate',
      {
        prompt: { kind: 'chat', messages: [{ content: 'What is Oslo?' }] },
        options: { temperature: 0, maxTokens: 96 },
      },
    ]);
    const found = [
      { text: 'Oslo is a city.', source: null },
      { text: 'Oslo is a fish.', source: null },
    ];
    const shown = { kind: 'raw', text: 'What is Oslo?' };
    expect(asked[1]).toMatchObject(['truth', { statements: found, probe: 'p.json', shown }]);
    expect(output).toMatch(/^The model was asked \(mean log p -0\.50 a token\):\nOslo is a city\. Oslo is a fish\.\n/);
    const json = JSON.parse((await answered(['truth', 'q.txt', '--answer', '--json'], 'Oslo')).output);
    expect(json.result.answer).toMatchObject({
      how: 'completed',
      finish: 'stop',
      logprob: -0.5,
      statements: [-0.5, -0.5],
    });
    expect(json.prompt.rendered).toBe('Oslo');
    expect(json.result.statements[0]).toMatchObject({ verdict: 'true', source: null, label: null });
  });

  it('says that a file is empty', async () => {
    const { status, errors } = await ask(['truth', 's.txt'], { 's.txt': '\n \n' });
    expect(status).toBe(1);
    expect(errors).toMatch(/s\.txt is empty/);
    const asked = await ask(['truth', 's.txt', '--sentences'], { 's.txt': 'Why? 42.' });
    expect([asked.status, asked.errors]).toEqual([1, expect.stringContaining('s.txt')]);
    expect(asked.errors).toContain('statement');
  });
});

describe('probe train', () => {
  it('trains a truth probe where labels are true and false in topics, and writes it', async () => {
    const words = ['probe', 'train', 'd.csv', '-o', 'p.json', '--frozen', 'f.csv', '--seed', '5'];
    const { asked, files, output } = await ask(words, { 'd.csv': statements, 'f.csv': statements });
    expect(asked[0]).toMatchObject([
      'trainTruth',
      { seed: 5, open: null, frozen: [{ label: true }, { label: false }] },
    ]);
    expect(JSON.parse(String(files.get('p.json')))).toEqual(probe);
    expect(output).toMatch(/gain over log-probability × negation +0\.260/);
    expect(output).toMatch(/frozen topics: 2\n[\s\S]*mean over topics +0\.790/);
    expect(output).toMatch(/capital +0\.950 \[0\.900, 1\.000\] +no error on 48 \(up to 6 in 100 possible\) +40/);
    expect(output).toMatch(/parity \(hard\) .*60 % \[26, 88\] \(6 of 10\)/);
    expect(output).toMatch(/length, learnt on other topics +– \(too few topics\)/);
  });

  it('asks the model itself to end statements where facts are given', async () => {
    const facts = {
      topics: [{ topic: 'a', templates: [{ forms: [['{subject} is {value}.', '']], facts: [['snow', 'white']] }] }],
    };
    const words = ['probe', 'train', 'd.csv', '--answers', 'facts.json'];
    const { asked, output } = await ask(words, { 'd.csv': statements, 'facts.json': JSON.stringify(facts) });
    expect(asked[0]).toMatchObject(['trainTruth', { open: [{ topic: 'a', text: 'Snow is', right: ['white'] }] }]);
    expect(output).toMatch(/choice among listed values +0\.850 .*50 right, 40 wrong\)/);
    expect(output).toMatch(/own words +0\.750 .*90 right, 30 wrong, 7 not judged\)/);
    expect(output).toMatch(/both together +0\.930[\s\S]*both together +0\.830/);
  });

  it('probes any other labels by layer', async () => {
    const rows = 'text,label,group\na,red,1\nb,blue,2\n';
    const { asked, output } = await ask(['probe', 'train', 'd.csv', '--folds', '3'], { 'd.csv': rows });
    expect(asked[0]).toMatchObject(['probe', { task: 'classes', folds: 3, frame: 'plain' }]);
    expect(output).toContain('best layer 3, 0.300 above shuffled labels');
    expect(output).toContain('note: the length of the text alone');
  });

  it('reads texts as an answer where it is told to, which is a matter of layer probes', async () => {
    const words = ['probe', 'train', 'd.csv', '--frame', 'statement'];
    // Otherwise labels true and false with topics would train a truth probe.
    const { asked } = await ask(words, { 'd.csv': statements });
    expect(asked[0]).toMatchObject(['probe', { task: 'classes', frame: 'statement' }]);
    const { status, errors } = await ask([...words, '--task', 'truth'], { 'd.csv': statements });
    expect([status, errors]).toEqual([2, expect.stringContaining('--frame belongs to layer probes')]);
  });

  it('takes many different numbers for numbers', async () => {
    const rows = Array.from({ length: 12 }, (_, row) => `city ${row},${row * 1.5}`).join('\n');
    const { asked } = await ask(['probe', 'train', 'd.csv'], { 'd.csv': `text,value\n${rows}\n` });
    expect(asked[0]).toMatchObject(['probe', { task: 'number' }]);
  });

  it.each([
    [['probe', 'train', 'd.csv', '--answers', 'd.csv'], 'text,label\na,red\n', 2, /--answers belongs/],
    [['probe', 'train', 'd.csv', '--answers', 'd.csv'], statements, 1, /cannot be read as a list of facts/],
    [['probe', 'train', 'd.csv', '--frozen', 'd.csv'], 'text,label\na,red\n', 2, /--frozen belongs/],
    [
      ['probe', 'train', 'd.csv', '--task', 'truth'],
      'text,label,topic\na,red,t\n',
      1,
      /"red" is neither true nor false/,
    ],
    [['probe', 'train', 'd.csv', '-o', 'locked/p.json'], statements, 1, /locked\/p\.json/],
    [['probe', 'train', 'none.csv'], statements, 1, /none\.csv cannot be read/],
  ] as const)('refuses %j in one sentence', async (words, content, status, message) => {
    const result = await ask([...words], { 'd.csv': content });
    expect(result.status).toBe(status);
    expect(result.errors).toMatch(message);
    // The summary of the table that was read stands before the message.
    const told = result.errors.trim().split('\n');
    expect(told.filter((line) => !/^d\.csv: \d+ rows, /.test(line))).toHaveLength(1);
  });
});

describe('probe evaluate', () => {
  it('says how often the probe is right', async () => {
    const { asked, output } = await ask(['probe', 'evaluate', 'd.csv', '--probe', 'p.json'], { 'd.csv': statements });
    expect(asked[0]).toMatchObject([
      'evaluateTruth',
      { probe: 'p.json', statements: [{ topic: 'a' }, { topic: 'b' }] },
    ]);
    const [fresh, trained] = output.split('topics it was trained on: 1 (no test: it has seen them)');
    expect(fresh).toMatch(/^new topics: 1\n/);
    for (const part of [fresh, trained]) {
      expect(part).toContain('0.820 [0.770, 0.870]');
      expect(part).toContain('log-probability × negation, AUROC  0.600 [0.550, 0.650]');
      expect(part).toContain('43 of 50');
    }
    expect(fresh).toMatch(/\nt +0\.950 .*no error on 48/);
    expect(trained).toMatch(/\ncapital +0\.950[\s\S]*3 left open: it is not clear whether they assert or deny/);
  });
});
