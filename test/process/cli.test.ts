import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AttentionMatrix, HeadSummary } from '../../src/analysis/attention/contract';
import type { ChooseResult } from '../../src/analysis/choose/contract';
import type { GenerateResult } from '../../src/analysis/generate/contract';
import type { ProbabilitiesResult } from '../../src/analysis/probabilities/contract';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { cliScript, type Reported, type Said, sharedCommandLine } from './sharedCommandLine';

const root = path.resolve(__dirname, '../..');
const folder = temporaryFolder();
const shared = sharedCommandLine(folder);

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(path.join(folder, name), content);
  return name;
}

/** Runs the command line in its own process, started cold. */
function start(words: string[], input = ''): Said {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cliScript, ...words], {
    cwd: folder,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status, output: stdout, errors: stderr };
}

/** The `--json` output of such a process. */
function started<R>(words: string[], input = ''): Reported<R> {
  const { status, output, errors } = start([...words, '--json'], input);
  expect(errors).toBe('');
  expect(status).toBe(0);
  return JSON.parse(output);
}

const capital = 'The capital of France is';

describe('info', () => {
  it('describes the bundled model and what runs it', async () => {
    const { model, runtime, prompt, result, timing } = started(['info']);
    const manifest = JSON.parse(readFileSync(path.join(root, 'models/manifest.json'), 'utf8')).models[0];
    expect(model).toMatchObject({ name: manifest.name, sha256: manifest.sha256, quantisation: manifest.quantisation });
    expect(model).toMatchObject({
      family: 'llama',
      layers: 30,
      heads: 9,
      keyValueHeads: 3,
      width: 576,
      vocabulary: 49_152,
    });
    expect(runtime).toMatchObject({ requested: 'auto', precision: 'exact' });
    expect(runtime.threads).toBeGreaterThan(0);
    expect(timing.loadMs).toBeGreaterThan(0);
    expect([prompt, result]).toEqual([null, {}]);
  });
});

describe('tokens', () => {
  it.each([
    ['emoji', '👩‍👩‍👧 said 🎉!'],
    ['Chinese', '台湾最高的山是什么？'],
    ['white space', ' \t\n\n  x\t \n'],
    ['spaces only', '     '],
    ['a typed-in end token', 'a<|im_end|>b'],
    ['JSON in a text file', '{"a": [1, 2.5, "\\n"]}'],
  ])('cover the text without a gap, with every byte: %s', async (name, text) => {
    const { prompt } = await shared.report(['tokens', file(`${name}.txt`, text)]);
    expect(prompt.rendered).toBe(text);
    expect(Buffer.from(prompt.tokens.map((token) => token.bytes).join(''), 'hex').toString('utf8')).toBe(text);
    expect(prompt.tokens[0].start).toBe(0);
    expect(prompt.tokens.at(-1)?.end).toBe(text.length);
    for (const token of prompt.tokens) expect(token.source).toEqual([token.start, token.end]);
  });

  it('of Windows line ends are those of line breaks, at their places in the file', () => {
    const { status, output, errors } = start(['tokens', file('windows.txt', 'One\r\nTwo'), '--json'], '');
    expect([status, errors]).toEqual([0, expect.stringContaining('The file has Windows line ends')]);
    const { prompt }: Reported<unknown> = JSON.parse(output);
    expect(prompt.rendered).toBe('One\nTwo');
    expect(prompt.tokens.map(({ text, source }) => [text, source])).toEqual([
      ['One', [0, 3]],
      ['\n', [3, 5]],
      ['Two', [5, 8]],
    ]);
  });

  it('know a typed-in end token for what it is', () => {
    const { prompt } = started(['tokens', '-'], 'a<|im_end|>b');
    expect(prompt.tokens.map(({ id, special }) => [id, special])).toEqual([
      [81, false],
      [2, true],
      [82, false],
    ]);
  });

  it('of a chat carry roles, and places in the file where the text is the user’s', async () => {
    const source = JSON.stringify([
      { role: 'user', content: 'Is the Earth flat?' },
      { role: 'assistant', content: 'No.' },
      { role: 'user', content: 'Why?' },
    ]);
    const { prompt } = await shared.report(['tokens', file('chat.json', source)]);
    expect(prompt.rendered).toContain('<|im_start|>user\nIs the Earth flat?<|im_end|>');
    const own = prompt.tokens.filter((token) => token.source !== null);
    expect(own.map((token) => source.slice(...(token.source ?? [0, 0]))).join('')).toBe('Is the Earth flat?No.Why?');
    expect([...new Set(own.map((token) => token.role))]).toEqual(['user', 'assistant']);
  });
});

describe('probabilities', () => {
  it('are the figures of transformers for the same weights', () => {
    const { result, prompt } = started<ProbabilitiesResult>(['probabilities', file('capital.txt', capital)]);
    const reference = JSON.parse(readFileSync(path.join(root, 'test/fixtures/reference/smollm2.json'), 'utf8')).find(
      (one: { name: string }) => one.name === 'capital',
    );
    expect(prompt.tokens.map((token) => token.id)).toEqual(reference.ids);
    expect(result.rank).toEqual(reference.token_rank);
    // numbers.md asks for log-probabilities within 1e-3.
    result.logprob.forEach((logprob, t) => {
      if (t > 0) expect(Math.abs((logprob ?? 0) - reference.token_logprob[t])).toBeLessThan(1e-3);
      else expect(logprob).toBeNull();
    });
    expect(result.next.map((candidate) => candidate.id)).toEqual(reference.next_top.map(([id]: [number]) => id));
    expect(result.next[0].text).toBe(' Paris');
  });

  it('of one token have a next distribution and nothing to score', async () => {
    const { result } = await shared.report<ProbabilitiesResult>(['probabilities', '-', '--top', '3'], 'x');
    expect(result).toMatchObject({ logprob: [null], rank: [null], top: [[]], perplexity: null });
    expect(result.next).toHaveLength(3);
  });

  it('are the same from run to run', () => {
    const once = () => started<ProbabilitiesResult>(['probabilities', '-'], '中文 and 🎉').result;
    expect(once()).toEqual(once());
  });

  it('print for a person, and a table on request', async () => {
    const { output, status } = await shared.run(['probabilities', '-', '--csv', 'table.csv'], capital);
    expect(status).toBe(0);
    expect(output).toMatch(/·Paris\s+\.77\s/);
    expect(readFileSync(path.join(folder, 'table.csv'), 'utf8').split('\r\n')).toHaveLength(7);
  });
});

describe('generate', () => {
  it('continues greedily', async () => {
    const { result } = await shared.report<GenerateResult>(
      ['generate', '-', '--max-tokens', '3', '--top', '2'],
      capital,
    );
    expect(result).toMatchObject({ text: ' Paris.\n', finish: 'length' });
    expect(result.tokens.map(({ id, rank, top }) => [id, rank, top.length])).toEqual([
      [7042, 0, 2],
      [30, 0, 2],
      [198, 0, 2],
    ]);
  });

  it('repeats a seed and parts with another', async () => {
    const words = ['generate', '-', '--max-tokens', '12', '--temperature', '1.2', '--top-p', '0.95', '--seed'];
    const draw = async (seed: string) => (await shared.report<GenerateResult>([...words, seed], capital)).result.text;
    const first = await draw('1');
    expect(started<GenerateResult>([...words, '1'], capital).result.text).toBe(first);
    expect(await draw('2')).not.toBe(first);
  });

  it('answers a chat and stops by itself', async () => {
    const words = ['generate', '-', '--chat', '--max-tokens', '60'];
    const { result } = await shared.report<GenerateResult>(words, 'What is the capital of France? Answer in one word.');
    expect(result.finish).toBe('stop');
    expect(result.tokens.at(-1)?.text).toBe('<|im_end|>');
    expect(result.text).not.toContain('<|im_end|>');
  });

  it('streams the text as it comes', async () => {
    const child = spawn(process.execPath, [cliScript, 'generate', '-', '--max-tokens', '30'], { cwd: folder });
    child.stdin.end(capital);
    const chunks: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.join('')).toMatch(/^ Paris\.\n/);
  });
});

describe('choose', () => {
  it('scores answers as whole texts', async () => {
    const words = ['choose', file('capital.txt', capital), '--choices', ' Paris', ' London', ' New York', ' New'];
    const { result } = await shared.report<ChooseResult>([...words, '--threshold', '0.5']);
    const [paris, london, newYork, prefix] = result.choices;
    expect(paris.probability).toBeCloseTo(0.773, 3);
    expect(paris.accepted).toBe(true);
    expect(london.accepted).toBe(false);
    expect(newYork.tokens).toHaveLength(2);
    expect(newYork.logprob).toBeLessThan(prefix.logprob);
    expect(result.choices.reduce((sum, choice) => sum + choice.share, 0)).toBeCloseTo(1, 9);
    expect(result.diverge?.position).toBe(0);
    expect(result.prefixes).toEqual([[3, 2]]);
  });
});

describe('attention', () => {
  it('summarises every head, sorted as asked', async () => {
    const { result } = await shared.report<HeadSummary[]>(['attention', '-', '--sort', 'sinkMass'], capital);
    expect(result).toHaveLength(270);
    for (let n = 1; n < result.length; n++) {
      expect(result[n].sinkMass ?? 0).toBeLessThanOrEqual(result[n - 1].sinkMass ?? 0);
    }
    expect(result[0].induction).toBeNull();
  });

  it('gives one head’s matrix, causal rows that sum to 1, and saves them all', async () => {
    const words = ['attention', '-', '--layer', '8', '--head', '2', '--save', 'heads.safetensors'];
    const { result } = await shared.report<AttentionMatrix>(words, capital);
    result.weights.forEach((row, query) => {
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      for (const weight of row.slice(query + 1)) expect(weight).toBe(0);
    });
    const saved = readFileSync(path.join(folder, 'heads.safetensors'));
    const header = JSON.parse(saved.subarray(8, 8 + Number(saved.readBigUInt64LE())).toString());
    expect(header.attention).toMatchObject({ dtype: 'F32', shape: [30, 9, 5, 5] });
    const data = 8 + Number(saved.readBigUInt64LE()) + header.attention.data_offsets[0];
    const cell = (8 * 9 + 2) * 25 + 4 * 5;
    // The file comes from a separate pass, which may keep keys and values differently.
    expect(saved.readFloatLE(data + 4 * cell)).toBeCloseTo(result.weights[4][0], 4);
  });
});

describe('bad input ends in one sentence and the right status', () => {
  const sentence = (words: string[], input?: string) => {
    const { status, output, errors } = start(words, input);
    expect(output).toBe('');
    expect(errors).toMatch(/^prompt-lens: [^\n]+\n$/);
    return [status, errors] as const;
  };

  it.each([
    ['missing file', 1, () => ['tokens', 'nowhere.txt'], 'nowhere.txt cannot be read: there is no such file.'],
    ['folder', 1, () => ['tokens', '.'], '. cannot be read: it is a folder.'],
    ['empty file', 1, () => ['tokens', file('empty.txt', '')], 'empty.txt is empty.'],
    [
      'binary file',
      1,
      () => ['tokens', file('b.txt', Uint8Array.of(137, 80, 78, 71, 0, 255))],
      'b.txt is not UTF-8 text.',
    ],
    [
      'broken chat',
      1,
      () => ['tokens', file('broken.json', '[{"role":')],
      'broken.json cannot be read as a prompt: line 1',
    ],
    ['missing model', 1, () => ['info', '--model', 'no.gguf'], 'The model no.gguf was not found.'],
    ['no model', 1, () => ['info', '--model', file('junk.gguf', 'junk')], 'junk.gguf'],
    ['1 MB of text', 1, () => ['probabilities', file('mega.txt', 'word '.repeat(200_000))], 'mega.txt'],
    [
      'head too high',
      2,
      () => ['attention', file('c.txt', capital), '--layer', '8', '--head', '9'],
      'The head must be between 0 and 8.',
    ],
    ['unknown command', 2, () => ['explode'], "Unknown command 'explode'."],
    ['no file', 2, () => ['probabilities'], "Missing required argument 'file'."],
  ])('%s', (_, expected, words, message) => {
    const [status, errors] = sentence(words());
    expect(errors).toContain(message);
    expect(status).toBe(expected);
  });

  it('a truncated model', () => {
    const whole = readFileSync(path.join(root, 'models/SmolLM2-135M-Instruct.Q4_1.gguf'));
    const [status, errors] = sentence(['info', '--model', file('half.gguf', whole.subarray(0, 4_000_000))]);
    expect(errors).toContain('half.gguf is damaged');
    expect(status).toBe(1);
  });

  it('an engine that dies', () => {
    const broken = path.join(folder, 'broken');
    mkdirSync(path.join(broken, 'dist'), { recursive: true });
    copyFileSync(cliScript, path.join(broken, 'dist/cli.js'));
    writeFileSync(path.join(broken, 'package.json'), '{"version":"0.0.0"}');
    writeFileSync(path.join(broken, 'dist/engine.js'), 'process.once("message", () => process.exit(7));');
    const { status, stderr } = spawnSync(process.execPath, [path.join(broken, 'dist/cli.js'), 'info'], {
      encoding: 'utf8',
    });
    expect(stderr).toMatch(/^prompt-lens: The engine stopped: exit code 7\. [^\n]*\n$/);
    expect(status).toBe(1);
  });
});

describe('the variables of a prompt file', () => {
  const trip = () =>
    file('trip.prompty', '---\nsample:\n  city: Oslo\n---\nsystem:\nBe brief.\nuser:\n{{question}} {{city}}\n');

  it('that have no value are named on standard error, and stay in the text as they are written', async () => {
    const { status, output, errors } = await shared.run(['tokens', trip(), '--json']);
    expect([status, errors]).toEqual([0, 'trip.prompty: No value for question. Give one with --var question=….\n']);
    expect(JSON.parse(output).prompt.rendered).toContain('{{question}} Oslo');
  });

  it('are filled, each value at its tag in the file', async () => {
    const { prompt } = await shared.report(['tokens', trip(), '--var', 'question=Why?', '--var', 'city=']);
    // Prompty trims a message at both ends.
    expect(prompt?.rendered).toContain('<|im_start|>user\nWhy?<|im_end|>');
    const tag = readFileSync(path.join(folder, 'trip.prompty'), 'utf8').indexOf('{{question}}');
    const why = prompt?.tokens.find(({ text }) => text === 'Why');
    expect(why?.source).toEqual([tag, tag + '{{question}}'.length]);
  });

  it('are none in a plain text, and no others can be given', async () => {
    const refused = async (...words: string[]) => shared.run(['tokens', ...words]);
    expect(await refused(file('plain.txt', 'In {{city}}'), '--var', 'city=Oslo')).toEqual({
      ...{ status: 2, output: '' },
      errors: 'prompt-lens: There is no variable in plain.txt, so city has nowhere to go. Leave out --var.\n',
    });
    expect(await refused(trip(), '--var', 'town=Oslo')).toMatchObject({
      ...{ status: 2, output: '' },
      errors: expect.stringMatching(
        /No variable of trip\.prompty is called town\. There are: (question, city|city, question)\./,
      ),
    });
  });
});

describe('the program', () => {
  it('names its version and its commands', () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    expect(start(['--version'])).toEqual({ status: 0, output: `${version}\n`, errors: '' });
    expect(start(['--help']).output).toContain('probabilities');
  });

  it('leaves the prompt file as it was', () => {
    const name = file('kept.txt', capital);
    const digest = () =>
      createHash('sha256')
        .update(readFileSync(path.join(folder, name)))
        .digest('hex');
    const before = digest();
    expect(start(['tokens', name]).status).toBe(0);
    expect(digest()).toBe(before);
  });
});
