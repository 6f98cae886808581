/**
 * Compiled graphs on disk: they appear in one step, are shared by engines that start together, are rebuilt when damaged, and are
 * refused in one sentence where they cannot be written. The model is tiny, because compiling the bundled one writes half a gigabyte.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { ProbabilitiesResult } from '../../src/analysis/probabilities/contract';
import { ownOwner } from '../../src/inference/processOwner';
import type { Progress } from '../../src/protocol/request';
import { sizeText } from '../../src/protocol/sizeText';
import { alone } from '../fixtures/saliencyAsked';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { writeTinyLlama } from '../fixtures/tinyGguf';
import { endEngines, engineOptions, type ForkedEngine, forkEngine, problemOf, raw } from './forkEngine';

const folder = temporaryFolder();
const model = writeTinyLlama(folder);

let cache: string;
let count = 0;

beforeEach(() => {
  cache = join(folder, `cache ${count++}`);
});

afterAll(endEngines);

async function start(path = model): Promise<{ engine: ForkedEngine; stages: Progress['stage'][] }> {
  const engine = forkEngine();
  const stages: Progress['stage'][] = [];
  await engine.channel.request('load', engineOptions({ model: path, cache }), {
    onProgress: ({ stage }) => stages.push(stage),
  });
  return { engine, stages };
}

async function ask({ channel }: ForkedEngine): Promise<ProbabilitiesResult> {
  const { result } = await channel.request('probabilities', { prompt: raw('the other one in a line'), top: 3 });
  return result;
}

async function stop({ child, ended }: ForkedEngine): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

/** Starts an engine, asks it once and stops it. */
async function answer(path = model) {
  const { engine, stages } = await start(path);
  const result = await ask(engine);
  await stop(engine);
  return { result, compiled: stages.includes('compiling') };
}

const entries = () => readdirSync(cache);

/** The only compiled graph in the cache, complete and with nothing beside it. */
function onlyFolder(): string {
  expect(entries()).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  const path = join(cache, entries()[0]);
  const isGraph = (name: string) => name.endsWith('.onnx');
  const names = readdirSync(path).sort();
  expect(names.filter(isGraph)).toEqual([expect.stringMatching(/^[0-9a-f]{32}\.onnx$/)]);
  expect(names.filter((name) => !isGraph(name))).toEqual(['complete.json', 'weights.bin']);
  return path;
}

const graphIn = (path: string) => join(path, readdirSync(path).find((name) => name.endsWith('.onnx')) ?? 'none');

describe('an empty cache', () => {
  it('is filled by one folder that appears when it is whole, and then used', async () => {
    const engine = forkEngine();
    const seen = new Set<string>();
    await engine.channel.request('load', engineOptions({ model, cache }), {
      onProgress: ({ stage }) => {
        if (stage === 'compiling') for (const entry of existsSync(cache) ? entries() : []) seen.add(entry);
      },
    });
    const first = await ask(engine);
    await stop(engine);
    const path = onlyFolder();
    const stamp = JSON.parse(readFileSync(join(path, 'complete.json'), 'utf8'));
    expect(stamp.weightsBytes).toBe(statSync(join(path, 'weights.bin')).size);
    // The folder has another name while it is written, unless it was finished before the progress arrived.
    for (const entry of seen) expect(entry === entries()[0] || entry.endsWith('.tmp')).toBe(true);
    const again = await answer();
    expect(again).toEqual({ result: first, compiled: false });
    onlyFolder();
  });

  it('serves several engines that start at once, and keeps one folder', async () => {
    const answers = await Promise.all([answer(), answer(), answer()]);
    expect(answers[1].result).toEqual(answers[0].result);
    expect(answers[2].result).toEqual(answers[0].result);
    onlyFolder();
  });

  it('holds a folder for each model', async () => {
    const first = await answer();
    const other = writeTinyLlama(folder, { seed: 2 }, 'other.gguf');
    const second = await answer(other);
    expect(second.result.next).not.toEqual(first.result.next);
    expect(entries()).toHaveLength(2);
    // The same file under another name is the same model.
    const copy = join(folder, 'copy.gguf');
    writeFileSync(copy, readFileSync(model));
    expect(await answer(copy)).toEqual({ result: first.result, compiled: false });
  });

  /** A folder named as during its writing. `owner`: pid-start-machine; null means an earlier version, which wrote no owner. */
  const halfWritten = (digit: string, owner: string | null, hours = 0) => {
    const path = join(cache, `${digit.repeat(32)}.${digit.repeat(8)}.${owner === null ? '' : `${owner}.`}tmp`);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'weights.bin'), 'half');
    const then = Date.now() / 1000 - hours * 3600;
    for (const each of [join(path, 'weights.bin'), path]) utimesSync(each, then, then);
    return path;
  };

  it('is rid of what ended processes left half-written, at the next load, whatever the clocks say', async () => {
    const ended = spawnSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).stdout.trim();
    const own = ownOwner();
    const [, start, machine] = own.split('-');
    await answer();
    const gone = [
      halfWritten('a', `${ended}-${start}-${machine}`),
      // An earlier process had the same number as this one.
      halfWritten('b', `${process.pid}-${Number(start) - 1}-${machine}`),
    ];
    const stay = [
      halfWritten('c', own, 24 * 365),
      halfWritten('d', `${ended}-${start}-00000000`, 24 * 365),
      halfWritten('e', null, 24 * 365),
    ];
    mkdirSync(join(cache, 'somebody.else.tmp'));
    expect((await answer()).compiled).toBe(false);
    expect([...gone, ...stay].map((path) => existsSync(path))).toEqual([false, false, true, true, true]);
    // A folder whose owner is unknown is removed after a day without a write, by the file system's clock, when something is written.
    const recent = halfWritten('f', null, 20);
    await answer(writeTinyLlama(folder, { seed: 4 }, 'fourth.gguf'));
    expect([...stay, recent].map((path) => existsSync(path))).toEqual([true, false, false, true]);
    expect(entries()).toContain('somebody.else.tmp');
  });

  it('is cleared without harm to an engine that runs, nor to one that writes', async () => {
    const { engine } = await start();
    const before = await ask(engine);
    const size = (name: string) => statSync(join(onlyFolder(), name)).size;
    const whole = readdirSync(onlyFolder()).reduce((sum, name) => sum + size(name), 0);
    const writing = halfWritten('a', ownOwner());
    const cleared = await engine.channel.request('compiledGraphs', { folder: cache, limitGb: 3, clear: true });
    expect(cleared).toEqual({ folder: cache, bytes: 0, freedBytes: whole, limitBytes: 3e9 });
    expect(entries()).toEqual([basename(writing)]);
    expect(await ask(engine)).toEqual(before);
    // Graphs that were not needed before are compiled at this point: the single step's and the gradient's.
    const prompt = raw('the other one in a line');
    const options = { maxTokens: 2, temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1 };
    await engine.channel.request('generate', { prompt, options: { ...options, prefix: [], top: 1 } });
    const gradient = () => engine.channel.request('saliency', { ...alone, prompt, target: {}, methods: ['input'] });
    const { result } = await gradient();
    await engine.channel.request('compiledGraphs', { folder: cache, limitGb: null, clear: true });
    expect((await gradient()).result).toEqual(result);
    await stop(engine);
  });

  it('keeps within its limit: what was unused for longest goes, and what is larger alone is refused', async () => {
    const load = (path: string, cacheLimitGb: number) =>
      forkEngine().channel.request('load', engineOptions({ model: path, cache, cacheLimitGb }));
    const { compiled } = await load(model, 1);
    const own = entries();
    const other = writeTinyLlama(folder, { seed: 5 }, 'fifth.gguf');
    const refused = await problemOf(load(other, (0.1 * compiled.bytes) / 1e9));
    expect(refused).toMatchObject({
      code: 'cacheLimited',
      args: ['fifth', expect.stringMatching(/^\d+ [kM]B$/), sizeText(0.1 * compiled.bytes)],
    });
    expect(entries()).toEqual(own);
    await load(other, (1.1 * compiled.bytes) / 1e9);
    expect(entries()).toHaveLength(1);
    expect(entries()).not.toEqual(own);
  });

  it('is rid of what nobody has used for a month, when something new is written', async () => {
    const whole = (digit: string) => {
      const path = join(cache, digit.repeat(32));
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'weights.bin'), 'whole');
      writeFileSync(join(path, 'complete.json'), '{}');
      return path;
    };
    const lastUsed = (path: string, days: number) => {
      const then = Date.now() / 1000 - days * 24 * 3600;
      utimesSync(join(path, 'complete.json'), then, then);
    };
    const [forgotten, recent] = [whole('c'), whole('d')];
    lastUsed(forgotten, 31);
    lastUsed(recent, 29);
    await answer();
    expect([existsSync(forgotten), existsSync(recent)]).toEqual([false, true]);
    // Use counts, not age: an old graph that is used today stays when the next model arrives.
    const own = join(cache, entries().find((entry) => join(cache, entry) !== recent) ?? 'none');
    lastUsed(own, 40);
    expect((await answer()).compiled).toBe(false);
    await answer(writeTinyLlama(folder, { seed: 3 }, 'third.gguf'));
    expect(existsSync(own)).toBe(true);
  });

  it('is left clean when compiling is cancelled', async () => {
    const engine = forkEngine();
    const abort = new AbortController();
    const request = engine.channel.request('load', engineOptions({ model, cache }), {
      signal: abort.signal,
      onProgress: ({ stage }) => stage === 'compiling' && abort.abort(),
    });
    expect((await problemOf(request)).code).toBe('cancelled');
    // The next load waits for its turn, and by then the cancelled one is over.
    await engine.channel.request('load', engineOptions({ model, cache }));
    const result = await ask(engine);
    await stop(engine);
    expect(result.next).toHaveLength(3);
    onlyFolder();
  });
});

describe('a damaged cache', () => {
  const changeBytes = (path: string) => {
    const bytes = readFileSync(path);
    bytes.fill(0x55, 5000, 9000);
    writeFileSync(path, bytes);
    // The change gets a later time, as a real one would, and not a time within a second after the file was made.
    const later = Date.now() / 1000 + 60;
    utimesSync(path, later, later);
  };

  it.each<[string, (path: string) => void]>([
    ['weights cut short', (path) => truncateSync(join(path, 'weights.bin'), 10_000)],
    ['weights of nothing', (path) => truncateSync(join(path, 'weights.bin'), 0)],
    ['weights grown', (path) => appendFileSync(join(path, 'weights.bin'), 'more')],
    ['weights with other bytes', (path) => changeBytes(join(path, 'weights.bin'))],
    ['weights deleted', (path) => rmSync(join(path, 'weights.bin'))],
    ['garbage for a stamp', (path) => writeFileSync(join(path, 'complete.json'), 'garbage')],
    ['null for a stamp', (path) => writeFileSync(join(path, 'complete.json'), 'null')],
    ['no stamp', (path) => rmSync(join(path, 'complete.json'))],
    ['a deleted graph', (path) => rmSync(graphIn(path))],
    ['a graph with other bytes', (path) => writeFileSync(graphIn(path), Buffer.alloc(5000, 7))],
    ['an empty folder', (path) => readdirSync(path).map((name) => rmSync(join(path, name)))],
    [
      'a file in the place of the folder',
      (path) => {
        rmSync(path, { recursive: true });
        writeFileSync(path, 'in the way');
      },
    ],
  ])('(%s) is rebuilt, and the answer is right', async (_, damage) => {
    const before = await answer();
    damage(onlyFolder());
    const after = await answer();
    expect(after.compiled).toBe(true);
    expect(after.result).toEqual(before.result);
    onlyFolder();
    expect((await answer()).compiled).toBe(false);
  });
});

describe('a cache that cannot be written', () => {
  it('is named in one sentence with the cause and what to do', async () => {
    const file = join(folder, 'a file');
    writeFileSync(file, '');
    cache = join(file, 'cache');
    const engine = forkEngine();
    const problem = await problemOf(engine.channel.request('load', engineOptions({ model, cache })));
    expect(problem).toMatchObject({
      code: 'cacheNotWritable',
      message: `The cache folder ${cache} cannot be written to: a part of its path is not a folder.`,
      remedy: expect.stringContaining('PROMPT_LENS_CACHE'),
    });
    // Tokenizing needs nothing compiled.
    await engine.channel.request('load', engineOptions({ model, cache, lazy: true }));
    expect((await engine.channel.request('tokenize', { prompt: raw('the') })).tokens).toHaveLength(1);
    const asked = engine.channel.request('probabilities', { prompt: raw('the'), top: 1 });
    expect((await problemOf(asked)).code).toBe('cacheNotWritable');
    // Once the folder can be written, the same process loads the model.
    cache = join(folder, 'a place');
    mkdirSync(cache);
    await engine.channel.request('load', engineOptions({ model, cache }));
    expect((await ask(engine)).next).toHaveLength(3);
    await stop(engine);
  });
});
