/**
 * A decoder of each family against transformers on tiny random weights, for features that the bundled model lacks (an untied
 * unembedding, scaled rotary positions, head widths that are no power of two). Tolerances are those of numbers.md.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PassResult } from '../../src/analysis/shared/model';
import { plainDecoder } from '../../src/checkpoint/families/family';
import type { Checkpoint, DecoderSpec, Tokenizer } from '../../src/checkpoint/types';
import { decoderOf, type TestDecoder } from '../fixtures/decoderOf';
import { memorySource } from '../fixtures/randomTensors';
import { readSafetensors, type StoredTensor } from '../fixtures/readSafetensors';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const source = join(__dirname, '..', 'fixtures', 'families', 'llama');
const folder = temporaryFolder();

interface LlamaConfig {
  hidden_size: number;
  intermediate_size: number;
  num_hidden_layers: number;
  num_attention_heads: number;
  num_key_value_heads: number;
  head_dim: number;
  vocab_size: number;
  max_position_embeddings: number;
  rms_norm_eps: number;
  rope_parameters: {
    rope_theta: number;
    factor: number;
    low_freq_factor: number;
    high_freq_factor: number;
    original_max_position_embeddings: number;
  };
}

/** Computed with transformers; see the README beside the files. */
interface Expected {
  ids: number[];
  logits_last: number[];
  token_logprob: (number | null)[];
  /** [L][H][T], the row of the last query. */
  attention: number[][][];
  /** [L][D], layers 0 to L − 1 at the last position. */
  hidden_last: number[][];
  /** log p(target) after the last token. */
  target: number;
  grad_x_input: number[];
}

const json = <R>(name: string): R => JSON.parse(readFileSync(join(source, name), 'utf8'));
const config = json<LlamaConfig>('config.json');
const expected = json<Expected>('expected.json');
const layers = Array.from({ length: config.num_hidden_layers }, (_, layer) => layer);

/** Maps Hugging Face's parameter names to ggml's. */
const names: readonly (readonly [RegExp, string])[] = [
  [/^model\.embed_tokens\./, 'token_embd.'],
  [/^model\.norm\./, 'output_norm.'],
  [/^lm_head\./, 'output.'],
  [/^model\.layers\.(\d+)\./, 'blk.$1.'],
  [/input_layernorm/, 'attn_norm'],
  [/post_attention_layernorm/, 'ffn_norm'],
  [/self_attn\.([qkv])_proj/, 'attn_$1'],
  [/self_attn\.o_proj/, 'attn_output'],
  [/mlp\.(gate|up|down)_proj/, 'ffn_$1'],
];

/**
 * The llama3 rule (transformers, modeling_rope_utils): long waves are slowed by `factor`, short ones not at all, and those between in
 * proportion. ggml stores the factor by which each channel pair is slowed.
 */
function ropeFactors({ head_dim, rope_parameters: rope }: LlamaConfig): Float32Array {
  const { low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: original } = rope;
  return Float32Array.from({ length: head_dim / 2 }, (_, pair) => {
    const wave = 2 * Math.PI * rope.rope_theta ** ((2 * pair) / head_dim);
    if (wave < original / high) return 1;
    if (wave > original / low) return rope.factor;
    const smooth = (original / wave - low) / (high - low);
    return 1 / ((1 - smooth) / rope.factor + smooth);
  });
}

function checkpointOf(factors: Float32Array | null): Checkpoint {
  const stored = new Map<string, StoredTensor>();
  for (const [name, tensor] of readSafetensors(join(source, 'model.safetensors'))) {
    stored.set(
      names.reduce((text, [from, to]) => text.replace(from, to), name),
      tensor,
    );
  }
  if (factors) stored.set('rope_freqs.weight', { shape: [factors.length], data: factors });
  const tensors = [...stored].map(([name, { shape, data }]) => [
    name,
    { type: 'F32' as const, shape, raw: new Uint8Array(data.buffer) },
  ]);
  return {
    ...memorySource(Object.fromEntries(tensors)),
    path: source,
    name: 'llama',
    sha256: factors ? 'scaled' : 'unscaled',
    quantisation: 'F32',
    family: 'llama',
    spec: specification(factors !== null),
    tokenizer: unused as unknown as Tokenizer,
    hasTemplate: false,
    endIds: [1],
    prompt: unused,
    isCurrent: async () => true,
    steadily: (work) => work(),
    close: async () => {},
  };
}

const unused = (): never => {
  throw new Error('this test speaks in token ids');
};

function specification(scaled: boolean): DecoderSpec {
  return {
    ...plainDecoder,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    keyValueHeads: config.num_key_value_heads,
    width: config.hidden_size,
    headWidth: config.head_dim,
    feedForward: config.intermediate_size,
    vocabulary: config.vocab_size,
    context: config.max_position_embeddings,
    norm: { kind: 'rms', epsilon: config.rms_norm_eps },
    positions: {
      learned: false,
      rotated: config.head_dim,
      tables: [
        {
          base: config.rope_parameters.rope_theta,
          divisors: scaled ? { tensor: 'rope_freqs.weight' } : null,
          divisor: 1,
          amplitude: 1,
        },
      ],
    },
    blocks: layers.map(() => ({ window: null, rotary: 0, scale: 1 / Math.sqrt(config.head_dim) })),
    tied: false,
  };
}

const { ids } = expected;
const last = ids.length - 1;

function pass(one: TestDecoder): Promise<PassResult> {
  const want = { logits: true, attention: layers, hidden: layers };
  const targets = [...ids.slice(1), 0];
  return one.decoder.run({ ids: [ids], rows: ids.map((_, row) => row), targets, want });
}

/** Largest |attention − expected| over the row of the last query of every block and head. */
function attentionError(result: PassResult): number {
  const { num_attention_heads: heads } = config;
  const errors = layers.flatMap((layer) =>
    Array.from({ length: heads }, (_, head) => {
      const from = (head * ids.length + last) * ids.length;
      const row = (result.attention.get(layer) as Float32Array).subarray(from, from + ids.length);
      return largest(row, expected.attention[layer][head]);
    }),
  );
  return Math.max(...errors);
}

function largest(actual: ArrayLike<number>, wanted: readonly number[]): number {
  expect(actual.length).toBe(wanted.length);
  return Math.max(...wanted.map((value, index) => Math.abs(value - actual[index])));
}

describe('llama: untied, grouped keys, llama3 rotary scaling', () => {
  let scaled: TestDecoder;
  let result: PassResult;

  beforeAll(async () => {
    scaled = await decoderOf(checkpointOf(ropeFactors(config)), folder);
    result = await pass(scaled);
  });

  afterAll(() => scaled.release());

  it('has the logits and log-probabilities of transformers', () => {
    const row = (result.logits as Float32Array).subarray(last * config.vocab_size);
    expect(largest(row, expected.logits_last)).toBeLessThan(1e-3);
    expect(expected.token_logprob).toHaveLength(ids.length);
    expected.token_logprob.slice(1).forEach((value, t) => {
      expect(Math.abs(result.logprob[t] - (value as number)), `logprob ${t + 1}`).toBeLessThan(1e-3);
    });
  });

  it('has its attention', () => {
    expect(attentionError(result)).toBeLessThan(1e-4);
  });

  it('has its residual stream', () => {
    for (const layer of layers) {
      const stream = (result.hidden.get(layer) as Float32Array).subarray(last * config.hidden_size);
      const wanted = expected.hidden_last[layer];
      expect(largest(stream, wanted) / Math.hypot(...wanted), `hidden ${layer}`).toBeLessThan(1e-3);
    }
  });

  it('has its gradient x input', async () => {
    const { gradients } = scaled;
    const passes = { ids: [ids], rows: [last], targets: [expected.target], weights: [1] };
    const { embeddings: gradient } = await gradients.gradient(passes);
    const embeddings = gradients.embeddings([ids]);
    const { hidden_size: width } = config;
    const scores = ids.map((_, t) => {
      const at = Array.from({ length: width }, (_, d) => t * width + d);
      return at.reduce((sum, place) => sum + embeddings[place] * gradient[place], 0);
    });
    const most = Math.max(...expected.grad_x_input.map(Math.abs));
    expect(largest(scores, expected.grad_x_input) / most).toBeLessThan(1e-3);
  });

  it('would not have them without the scaling', async () => {
    const unscaled = await decoderOf(checkpointOf(null), folder);
    expect(attentionError(await pass(unscaled))).toBeGreaterThan(1e-3);
    await unscaled.release();
  });
});
