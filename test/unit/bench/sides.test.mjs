import { afterEach, describe, expect, it } from 'vitest';
import { takeTurns } from '../../../bench/measure.mjs';
import { lastLine } from '../../../bench/python.mjs';
import { Worker } from '../../../bench/worker.mjs';

const echo = `
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { op, params } = JSON.parse(line);
  if (op === 'die') { console.error('out of luck'); process.exit(3); }
  console.log(JSON.stringify(op === 'fail' ? { error: 'no such thing' } : { ok: { op, ...params } }));
});`;

describe('a side of the comparison', () => {
  const workers = [];
  const start = () => {
    const worker = new Worker(process.execPath, ['-e', echo]);
    workers.push(worker);
    return worker;
  };
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.stop();
  });

  it('answers one operation after another, and an error is not the end', async () => {
    const worker = start();
    expect(await worker.ask('pass', { tokens: 64 })).toEqual({ op: 'pass', tokens: 64 });
    await expect(worker.ask('fail')).rejects.toThrow('no such thing');
    expect(await worker.ask('pass')).toEqual({ op: 'pass' });
  });

  it('tells what its process said last when it ends, then and afterwards', async () => {
    const worker = start();
    await expect(worker.ask('die')).rejects.toThrow('ended with exit code 3: out of luck');
    await expect(worker.ask('pass')).rejects.toThrow('exit code 3');
  });

  it('tells when it cannot be started at all', async () => {
    const worker = new Worker('no-such-interpreter', []);
    await expect(worker.ask('load')).rejects.toThrow('no-such-interpreter');
  });
});

describe('turns', () => {
  it('go round the sides that are there, warm-ups not counted', async () => {
    const asked = [];
    const side = (name) => ({
      ask: async (op, { n }) => {
        asked.push(`${name} ${op}`);
        return { ms: n + asked.length };
      },
    });
    const turns = {
      ours: ['exact', 'pass', { n: 100 }],
      peer: ['transformers', 'pass', { n: 200 }],
      llama: ['llama', 'pass', {}],
    };
    const sides = { exact: side('exact'), transformers: side('transformers') };
    const result = await takeTurns(turns, sides, { repeats: 2, warmups: 1 });
    expect(asked).toEqual(Array(3).fill(['exact pass', 'transformers pass']).flat());
    expect(Object.keys(result)).toEqual(['ours', 'peer']);
    expect(result.ours.times.samples).toEqual([103, 105]);
    expect(result.peer.times.samples).toEqual([204, 206]);
    expect(result.peer.last).toEqual({ ms: 206 });
  });

  it('are fewer for a side that takes long', async () => {
    const side = { ask: async (op) => ({ ms: op.length }) };
    const turns = { ours: ['exact', 'pass', {}], peer: ['attribution', 'pass', {}] };
    const counts = { repeats: 3, warmups: 0, few: { attribution: 1 } };
    const { ours, peer } = await takeTurns(turns, { exact: side, attribution: side }, counts);
    expect([ours.times.samples.length, peer.times.samples.length]).toEqual([3, 1]);
  });
});

describe('why a peer is skipped', () => {
  it('is the line that names the error, else the last one', () => {
    expect(lastLine('Collecting x\nERROR: No matching distribution found for x\nhint: try y\n')).toBe(
      'ERROR: No matching distribution found for x',
    );
    expect(lastLine('one\ntwo\n\n')).toBe('two');
    expect(lastLine('')).toBe('no output');
  });
});
