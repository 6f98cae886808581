/** Model files whose weights are not numbers, or whose context length is unreasonable: they are refused or limited, with a message. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { tinyLlama } from '../fixtures/tinyGguf';
import { type TinyGguf, writeGguf } from '../unit/checkpoint/tinyGguf';
import { endEngines, engineOptions, forkEngine, problemOf, raw } from './forkEngine';

const folder = temporaryFolder();
let count = 0;

afterAll(endEngines);

function changed(change: (file: TinyGguf) => void) {
  const file = tinyLlama();
  change(file);
  const name = `changed ${++count}`;
  const model = join(folder, `${name}.gguf`);
  writeFileSync(model, writeGguf(file));
  return { name, model, cache: join(folder, name) };
}

/** Sets the scale of every block of a Q8_0 tensor. */
function scales(file: TinyGguf, name: string, half: number): void {
  const { data = new Uint8Array() } = file.tensors[name];
  for (let at = 0; at < data.length; at += 34) new DataView(data.buffer, data.byteOffset).setUint16(at, half, true);
}

function vector(file: TinyGguf, name: string, value: number): void {
  const { data = new Uint8Array() } = file.tensors[name];
  for (let at = 0; at < data.length; at += 4) new DataView(data.buffer, data.byteOffset).setFloat32(at, value, true);
}

describe('weights that are not numbers', () => {
  it.each<[string, 'exact' | 'fast', string, (file: TinyGguf) => void]>([
    ['NaN', 'exact', 'blk.0.ffn_down.weight', (file) => scales(file, 'blk.0.ffn_down.weight', 0x7e00)],
    ['NaN', 'fast', 'blk.0.ffn_down.weight', (file) => scales(file, 'blk.0.ffn_down.weight', 0x7e00)],
    ['infinite', 'exact', 'blk.1.attn_k.weight', (file) => scales(file, 'blk.1.attn_k.weight', 0x7c00)],
    ['infinite', 'fast', 'blk.1.attn_k.weight', (file) => scales(file, 'blk.1.attn_k.weight', 0xfc00)],
    ['NaN', 'exact', 'output_norm.weight', (file) => vector(file, 'output_norm.weight', Number.NaN)],
    ['infinite', 'fast', 'token_embd.weight', (file) => scales(file, 'token_embd.weight', 0x7c00)],
  ])('(%s, %s, in %s) are refused by name, and nothing is kept of them', async (_, precision, tensor, change) => {
    const { name, model, cache } = changed(change);
    const { channel } = forkEngine();
    const problem = await problemOf(channel.request('load', engineOptions({ model, cache, precision })));
    expect(problem).toMatchObject({
      code: 'weightsNotNumbers',
      message: `The weights of ${name} contain values that are not numbers (in ${tensor}).`,
    });
    expect(readdirSync(cache)).toEqual([]);
  });

  it('so large that a pass overflows are told after the first pass', async () => {
    const { model, cache } = changed((file) => {
      for (const name of ['blk.0.ffn_norm.weight', 'blk.1.attn_norm.weight', 'blk.1.ffn_norm.weight'])
        vector(file, name, 3e38);
    });
    const { channel } = forkEngine();
    await channel.request('load', engineOptions({ model, cache }));
    const problem = await problemOf(channel.request('probabilities', { prompt: raw('the thing in'), top: 1 }));
    expect(problem.code).toBe('resultNotNumbers');
  });
});

describe('a context length beyond reason', () => {
  it.each([2 ** 25, 2 ** 30])('(%i) costs no more than the longest prompt', async (length) => {
    const { model, cache } = changed((file) => {
      file.metadata['llama.context_length'] = length;
    });
    const { channel } = forkEngine();
    const loaded = await channel.request('load', engineOptions({ model, cache }));
    expect(loaded.model.context).toBe(131_072);
    const { result } = await channel.request('probabilities', { prompt: raw('the thing in'), top: 1 });
    expect(result.next[0].logprob).toBeLessThan(0);
    const sizes = readdirSync(cache).map((name) => statSync(join(cache, name, 'weights.bin')).size);
    expect(Math.max(...sizes)).toBeLessThan(20e6);
    expect(loaded.compiled.bytes).toBeLessThan(40e6);
  });
});
