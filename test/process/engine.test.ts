/**
 * The engine as a process: its answers and its refusals. Cancelling and killing it are tested in engineLife.test.ts.
 * Speeds are compared as ratios within one run, with generous limits, because the machine may be busy.
 */
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GeneratedStep, GenerateOptions } from '../../src/analysis/generate/contract';
import { clause, wordsOf } from '../../src/protocol/clauses';
import type { LoadedModel } from '../../src/protocol/model';
import type { Progress } from '../../src/protocol/request';
import { readSafetensors } from '../fixtures/readSafetensors';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { tinyLlama, writeTinyLlama } from '../fixtures/tinyGguf';
import { writeGguf } from '../unit/checkpoint/tinyGguf';
import {
  endEngines,
  engineOptions,
  type ForkedEngine,
  forkEngine,
  known,
  problemOf,
  quickly,
  raw,
  words,
} from './forkEngine';

const folder = temporaryFolder();
const cache = join(folder, 'cache');
const tinyOptions = () => engineOptions({ model: writeTinyLlama(folder, { context: 2048 }), cache });

let engine: ForkedEngine;
let loaded: LoadedModel;
const loading: Progress[] = [];

beforeAll(async () => {
  engine = forkEngine();
  loaded = await engine.channel.request('load', engineOptions({ provider: 'auto' }), {
    onProgress: (progress) => loading.push(progress),
  });
});

afterAll(endEngines);

const greedy: GenerateOptions = {
  maxTokens: 8,
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  seed: 1,
  top: 3,
  prefix: [],
};

/** Checks that the stages come in order and that progress never goes back within a stage. */
function expectForwards(reports: Progress[]): void {
  const order = ['opening', 'compiling', 'loading', 'running'];
  reports.forEach((report, index) => {
    expect(report.done).toBeLessThanOrEqual(report.total);
    if (index === 0) return;
    const before = reports[index - 1];
    expect(order.indexOf(report.stage)).toBeGreaterThanOrEqual(order.indexOf(before.stage));
    if (report.stage === before.stage) {
      expect(report.done).toBeGreaterThanOrEqual(before.done);
      expect(report.total).toBe(before.total);
    }
  });
}

describe('loading', () => {
  it('tells the stages, the model and the runtime, with the reason for the provider', () => {
    expect(loaded.model).toMatchObject({ family: 'llama', layers: 30, heads: 9, keyValueHeads: 3, width: 576 });
    expect(loaded.model).toMatchObject({ vocabulary: 49152, context: 8192, quantisation: 'Q4_1' });
    expect(loaded.model.sha256).toMatch(/^[0-9a-f]{64}$/);
    const { provider, requested, reason, threads, onnxruntime, precision } = loaded.runtime;
    expect([requested, threads, precision]).toEqual(['auto', 1, 'exact']);
    expect(onnxruntime).toMatch(/^\d+\.\d+/);
    if (provider === 'cpu') expect(wordsOf(reason ?? '')).toMatch(/^\w+: \S.*; \w+: \S/);
    expect(loading[0].stage).toBe('opening');
    expect(loading.at(-1)?.stage).toBe('loading');
    expectForwards(loading);
  });

  it('again with the same options is done at once', async () => {
    const again = await quickly(engine.channel.request('load', engineOptions({ provider: 'auto' })));
    expect(again).toEqual(loaded);
  });

  it('tells each stage of a model never seen before', async () => {
    const fresh = forkEngine();
    const reports: Progress[] = [];
    const options = { ...tinyOptions(), cache: join(folder, 'never seen') };
    await fresh.channel.request('load', options, { onProgress: (progress) => reports.push(progress) });
    expect([...new Set(reports.map(({ stage }) => stage))]).toEqual(['opening', 'compiling', 'loading']);
    expectForwards(reports);
    fresh.child.kill('SIGKILL');
    await fresh.ended;
  });
});

describe('a model that cannot be opened', () => {
  const whole = () => writeGguf(tinyLlama());
  const file = (name: string, bytes: Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const lying = () => {
    const bytes = whole();
    bytes.writeBigUInt64LE(2n ** 60n, 8);
    return file('lying.gguf', bytes);
  };
  const cut = () => {
    const path = file('cut.gguf', whole());
    truncateSync(path, 60_000);
    return path;
  };
  const directory = () => {
    mkdirSync(join(folder, 'directory'), { recursive: true });
    return join(folder, 'directory');
  };

  it.each([
    ['an unknown name', () => 'no-such-model', 'modelMissing', 'no-such-model'],
    ['a missing file', () => join(folder, 'nothing.gguf'), 'modelMissing', 'nothing.gguf'],
    ['a truncated file', cut, 'modelMalformed', 'lies beyond the end of the file'],
    ['a count that lies', lying, 'modelMalformed', 'more tensors than it can contain'],
    ['an empty file', () => file('empty.gguf', new Uint8Array(0)), 'modelMalformed', 'it is empty'],
    ['a folder', directory, 'fileUnreadable', 'it is a folder'],
    ['a text file', () => file('notes.gguf', Buffer.from('hello, world')), 'modelUnsupported', 'not a GGUF file'],
  ])('%s: one sentence, quickly, and another model can be loaded', async (_, path, code, words) => {
    const fresh = forkEngine();
    const problem = await quickly(problemOf(fresh.channel.request('load', engineOptions({ model: path(), cache }))));
    expect(problem.code).toBe(code);
    expect(problem.message).toContain(words);
    expect(problem.message).not.toContain('\n');
    const { model } = await fresh.channel.request('load', tinyOptions());
    expect(model.layers).toBe(2);
    fresh.child.kill('SIGKILL');
    await fresh.ended;
  });

  it('by a provider that is not there: which one and why', async () => {
    const fresh = forkEngine();
    const absent = process.platform === 'darwin' ? 'dml' : 'coreml';
    const problem = await problemOf(fresh.channel.request('load', { ...tinyOptions(), provider: absent }));
    expect(problem).toMatchObject({ code: 'providerUnavailable', args: [absent, clause('notInBuild')] });
    fresh.child.kill('SIGKILL');
    await fresh.ended;
  });
});

describe('a prompt', () => {
  const ask = (text: string) => engine.channel.request('probabilities', { prompt: raw(text), top: 3 });

  it('without text is refused by the name of its file', async () => {
    expect(await quickly(problemOf(ask('')))).toMatchObject({ code: 'emptyPrompt', args: ['prompt.txt'] });
  });

  it('of spaces only is a prompt', async () => {
    const { result, prompt } = await ask('    ');
    expect(prompt.tokens.map((token) => token.text).join('')).toBe('    ');
    expect(result.next).toHaveLength(3);
    expect(result.logprob).toHaveLength(prompt.tokens.length);
  });

  it('of a megabyte is refused with what fits', async () => {
    const problem = await quickly(problemOf(ask('word '.repeat(200_000))));
    expect(problem).toMatchObject({ code: 'textTooLarge', args: ['1,000,000', '327,680'] });
  });

  it('of more tokens than the model reads is refused with how many characters fit', async () => {
    const text = words(20_000);
    const problem = await quickly(problemOf(ask(text)));
    expect(problem.code).toBe('promptTooLong');
    const [tokens, context, fitting] = problem.args.map((figure) => Number(wordsOf(figure).replace(/,/g, '')));
    expect(context).toBe(8192);
    expect(tokens).toBeGreaterThan(8192);
    const { tokens: kept } = await engine.channel.request('tokenize', { prompt: raw(text.slice(0, fitting)) });
    expect(kept.length).toBeLessThanOrEqual(8192);
    expect(kept.length).toBeGreaterThan(8192 * 0.95);
  });
});

describe('several requests at once', () => {
  it('are both answered, each with its own prompt', async () => {
    const answers = await Promise.all(
      known.map(({ text }) => engine.channel.request('probabilities', { prompt: raw(text), top: 5 })),
    );
    expect(answers.map(({ prompt }) => prompt.rendered)).toEqual(known.map(({ text }) => text));
    expect(answers.map(({ result }) => result.next[0].id)).toEqual(known.map(({ next }) => next));
  });
});

describe('an edit at the end of a long prompt', () => {
  it('reuses what stands before and costs a small part of the whole', async () => {
    const ask = (text: string) => engine.channel.request('probabilities', { prompt: raw(text), top: 5 });
    const text = words(560);
    const reports: Progress[] = [];
    const request = { prompt: raw(text), top: 5 };
    const whole = await engine.channel.request('probabilities', request, { onProgress: (one) => reports.push(one) });
    const length = whole.prompt.tokens.length;
    expect(length).toBeGreaterThan(512);
    expect(whole.reused).toBe(0);
    expect(reports.length).toBeGreaterThan(1);
    expectForwards(reports);
    expect(reports.at(-1)).toEqual({ stage: 'running', done: length, total: length, unit: 'tokens' });
    const times: number[] = [];
    let edited = whole;
    for (const ending of [' And', ' But no']) {
      edited = await ask(text + ending);
      expect(edited.reused).toBeGreaterThanOrEqual(length - 1);
      expect(edited.result.logprob.slice(0, length - 1)).toEqual(whole.result.logprob.slice(0, length - 1));
      times.push(edited.runMs);
    }
    expect(Math.min(...times) / whole.runMs).toBeLessThan(1 / 4);
    const same = await ask(`${text} But no`);
    expect(same.reused).toBe(same.prompt.tokens.length);
    expect(same.result).toEqual(edited.result);
    // Two runs are kept of long prompts.
    expect((await ask(text)).reused).toBeGreaterThanOrEqual(length - 1);
  });
});

describe('generation', () => {
  it('streams each token before the answer, and the pieces are the text', async () => {
    const steps: GeneratedStep[] = [];
    let answered = false;
    const { result } = await engine.channel
      .request(
        'generate',
        { prompt: raw('Once upon a time, there was a'), options: { ...greedy, maxTokens: 12 } },
        {
          onProgress: (step) => {
            expect(answered).toBe(false);
            steps.push(step);
          },
        },
      )
      .finally(() => {
        answered = true;
      });
    expect(steps).toHaveLength(12);
    expect(steps.map(({ delta, ...token }) => token)).toEqual(result.tokens);
    expect(steps.map(({ delta }) => delta).join('')).toBe(result.text);
    expect(result.finish).toBe('length');
    expect(result.tokens[0].top).toHaveLength(3);
  });

  it('stops when cancelled, and the engine goes on answering', async () => {
    const abort = new AbortController();
    let count = 0;
    const options = { ...greedy, maxTokens: 2000 };
    const request = engine.channel.request(
      'generate',
      { prompt: raw('A long story:'), options },
      {
        signal: abort.signal,
        onProgress: () => {
          count += 1;
          if (count === 3) abort.abort();
        },
      },
    );
    expect((await problemOf(request)).code).toBe('cancelled');
    const { result } = await quickly(engine.channel.request('probabilities', { prompt: raw('Two and two'), top: 1 }));
    expect(result.next).toHaveLength(1);
    expect(count).toBe(3);
  });
});

describe('saving', () => {
  it('writes tensors that read back and are the numbers of the other answers', async () => {
    const prompt = raw('The cat sat on the mat.');
    const path = join(folder, 'saved.safetensors');
    const tensors = ['hidden', 'attention', 'logits'] as const;
    const reports: Progress[] = [];
    const saved = await engine.channel.request(
      'save',
      { prompt, path, tensors: [...tensors] },
      { onProgress: (progress) => reports.push(progress) },
    );
    expect(saved).toEqual({ path, bytes: readFileSync(path).length });
    expectForwards(reports);
    const stored = readSafetensors(path);
    const { result, prompt: tokens } = await engine.channel.request('probabilities', { prompt, top: 1 });
    const T = tokens.tokens.length;
    const { layers, heads, width, vocabulary } = loaded.model;
    expect([...stored].map(([name, { shape }]) => [name, shape])).toEqual([
      ['hidden', [layers + 1, T, width]],
      ['attention', [layers, heads, T, T]],
      ['logits', [T, vocabulary]],
    ]);
    const logits = stored.get('logits')?.data as Float32Array;
    tokens.tokens.slice(1).forEach(({ id }, t) => {
      const row = logits.subarray(t * vocabulary, (t + 1) * vocabulary);
      const logSum = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
      expect(row[id] - logSum).toBeCloseTo(result.logprob[t + 1] as number, 4);
    });
    const { result: head } = await engine.channel.request('attentionHeads', { prompt, heads: [{ layer: 7, head: 4 }] });
    const attention = stored.get('attention')?.data as Float32Array;
    const from = (7 * heads + 4) * T * T;
    expect(attention.subarray(from, from + T * T)).toEqual(head.weights);
    expect(stored.get('hidden')?.data.every(Number.isFinite)).toBe(true);
  });

  it('says which file cannot be written', async () => {
    const path = join(folder, 'nowhere', 'saved.safetensors');
    const request = engine.channel.request('save', { prompt: raw('Hello'), path, tensors: ['hidden'] });
    expect(await problemOf(request)).toMatchObject({ code: 'folderMissing', args: [path] });
  });
});

describe('a text that follows', () => {
  const follow = async (prompt: string, text: string, prefix: number[] = [], keep: number | null = null) =>
    engine.channel.request('follow', { prompt: raw(prompt), prefix, keep, text });

  it('is cut with the prompt, the tokens behind it, and the part of it that is kept', async () => {
    const { tokens } = await engine.channel.request('tokenize', { prompt: raw('Answer: ') });
    expect(tokens.map(({ text }) => text)).toEqual(['Answer', ':', ' ']);
    const open = await follow('Answer: ', 'yes');
    expect(open).toMatchObject({ own: 3, kept: 2, boundary: { kept: 2, text: ' ' } });
    expect(open.tokens.map(({ text, bytes }) => [text, bytes])).toEqual([[' yes', '20796573']]);
    const space = tokens[2].id;
    expect(await follow('Answer:', 'yes', [space])).toEqual({ ...open, own: 2 });
    expect(await follow('Answer: no', 'yes', [space], 2)).toEqual({ ...open, own: 2 });
  });

  it('is written on from the tokens that stay', async () => {
    const { tokens } = await follow('Answer: ', 'yes');
    const options = { ...greedy, prefix: tokens.map(({ id }) => id) };
    const part = await engine.channel.request('generate', {
      prompt: raw('Answer: '),
      options: { ...options, keep: 2 },
    });
    const whole = await engine.channel.request('generate', { prompt: raw('Answer:'), options });
    expect(part.result.text).toBe(whole.result.text);
  });
});
