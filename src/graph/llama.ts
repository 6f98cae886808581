/**
 * The llama family (Touvron et al. 2023; also SmolLM, Llama 3 and whatever GGUF calls `llama`): RMS norm, rotary attention with
 * grouped key/value heads, norm, gated MLP. The code follows the paper; every tap and intervention is a named input or output.
 *
 * inputs   embeddings [B,T,D] · positions [B,T] · mask [B|1,H|1,T,S] · headScale [L,B|1,H,1,1] · tapRows [Q] ·
 *          past.key.l, past.value.l [1|B,G,P,C] · patch.layer [N], patch.token [N,1], patch.value [N,D] ·
 *          headPatch.count [L], headPatch.token [N,1], headPatch.value [N,H·C] (block by block, at least one row each) ·
 *          rows [R] (flat b·T + t) · extra [E,D] (residual rows for the lens) · targets [R+E,1] · candidates [1] ·
 *          logitRows [Z] (which of the R+E)
 * outputs  hidden.l [B·T,D] (0 … L) · attention.l [B,H,Q,S] · heads.l [B,H,T,C] · mlp.l [B·T,D] · key.l, value.l [B,G,T,C] ·
 *          logits [Z,V] · statistics of all R+E rows (vocabulary.ts)
 */
import type { HyperParameters } from '../checkpoint/types';
import { attend, attentionContext } from './attention';
import { GraphBuilder, type Value } from './builder';
import { type LinearOptions, linear, type TensorSource } from './linear';
import {
  add,
  addAndNorm,
  concat,
  gather,
  multiply,
  reshape,
  rmsNorm,
  rotary,
  silu,
  split,
  transpose,
} from './operations';
import { vocabularyStatistics } from './vocabulary';

export function llama(hyper: HyperParameters, options: LinearOptions): GraphBuilder {
  const g = GraphBuilder.create();
  const context = attentionContext(g, hyper, hyper.layers);
  const patchHeads = headPatcher(g, hyper);
  const x = llamaBlocks(g, hyper, options, {
    stream: patcher(g, hyper),
    attend: (block, query, key, value) => {
      g.output(key);
      g.output(value);
      return patchHeads(block, attend(g, block, hyper, context, query, key, value));
    },
    mlp: (block, down) => {
      g.node('Identity', [down], { outputs: [`mlp.${block}`] });
      g.output(`mlp.${block}`);
    },
  });
  const rows = gather(g, x, g.input('rows', 'int64', ['chosen']), 0);
  const read = concat(g, [rows, g.input('extra', 'float32', ['extra', hyper.width])], 0);
  const logits = llamaLogits(g, hyper, options, read);
  vocabularyStatistics(g, logits, hyper.vocabulary);
  return g;
}

/** The points where the decoder and its gradient differ; both use the same blocks on the same weights otherwise. */
export interface LlamaHooks {
  /** Gets the residual stream [B·T, D] that enters block `layer` (L = after the last), and returns the stream to continue with. */
  stream(layer: number, x: Value): Value;
  /** query [B, H, T, C], key and value [B, G, T, C], rotated → [B·T, H·C]. */
  attend(block: number, query: Value, key: Value, value: Value): Value;
  /** Gets the MLP's contribution, [B·T, D]. */
  mlp?(block: number, down: Value): void;
  /** The first block and the one after the last; default: all. The input of the first one is `embeddings`. */
  blocks?: readonly [number, number];
}

/** embeddings → residual stream [B·T, D] after the last block. Adds the inputs `embeddings` and `positions`. */
export function llamaBlocks(g: GraphBuilder, hyper: HyperParameters, options: LinearOptions, hooks: LlamaHooks): Value {
  const { width, layers, heads, keyValueHeads, headWidth, feedForward, normEpsilon } = hyper;
  const { source } = options;
  const [first, end] = hooks.blocks ?? [0, layers];
  const embeddings = g.input('embeddings', 'float32', ['batch', 'new', width]);
  g.input('positions', 'int64', ['batch', 'new']);
  const [cos, sin] = rotaryTables(g, hyper, source);
  const norm = (name: string) => floatVector(g, name, width, source);
  const perHead = (x: Value, count: number, name?: Value) =>
    transpose(g, reshape(g, x, concat(g, [leading(g), g.ints(count, headWidth)], 0)), [0, 2, 1, 3], name);

  let x = hooks.stream(first, reshape(g, embeddings, g.ints(-1, width)));
  for (let l = first; l < end; l++) {
    const normed = rmsNorm(g, x, norm(`blk.${l}.attn_norm.weight`), normEpsilon);
    const qkv = linear(g, normed, queryKeyValue(l, headWidth), options);
    const sizes = g.ints(heads * headWidth, keyValueHeads * headWidth, keyValueHeads * headWidth);
    const [q, k, v] = split(g, qkv, sizes, 3, 1);
    const query = rotary(g, perHead(q, heads), 'positions', cos, sin);
    const key = rotary(g, perHead(k, keyValueHeads), 'positions', cos, sin, `key.${l}`);
    const value = perHead(v, keyValueHeads, `value.${l}`);

    const mixed = hooks.attend(l, query, key, value);
    const attended = linear(
      g,
      mixed,
      { name: `block${l}.output`, parts: [{ tensor: `blk.${l}.attn_output.weight` }] },
      options,
    );
    const after = addAndNorm(g, x, attended, norm(`blk.${l}.ffn_norm.weight`), normEpsilon);

    const gateUp = {
      name: `block${l}.gateUp`,
      parts: [{ tensor: `blk.${l}.ffn_gate.weight` }, { tensor: `blk.${l}.ffn_up.weight` }],
    };
    const [gate, up] = split(g, linear(g, after.normed, gateUp, options), g.ints(feedForward, feedForward), 2, 1);
    const active = multiply(g, silu(g, gate), up);
    const down = linear(
      g,
      active,
      { name: `block${l}.down`, parts: [{ tensor: `blk.${l}.ffn_down.weight` }] },
      options,
    );
    hooks.mlp?.(l, down);
    x = hooks.stream(l + 1, add(g, after.sum, down));
  }
  return x;
}

/** Residual rows [R, D] → logits [R, V]. */
export function llamaLogits(g: GraphBuilder, hyper: HyperParameters, options: LinearOptions, rows: Value): Value {
  const weight = floatVector(g, 'output_norm.weight', hyper.width, options.source);
  const final = rmsNorm(g, rows, weight, hyper.normEpsilon);
  const unembedding = hyper.tied ? 'token_embd.weight' : 'output.weight';
  return linear(g, final, { name: 'unembedding', parts: [{ tensor: unembedding }] }, options);
}

/**
 * The softmax temperature 1/√C is folded into the query weights: this is exact where √C is a power of two, and otherwise within one
 * ulp.
 */
function queryKeyValue(block: number, headWidth: number) {
  return {
    name: `block${block}.queryKeyValue`,
    parts: [
      { tensor: `blk.${block}.attn_q.weight`, factor: 1 / Math.sqrt(headWidth) },
      { tensor: `blk.${block}.attn_k.weight` },
      { tensor: `blk.${block}.attn_v.weight` },
    ],
  };
}

/** (B, T) as the leading part of a shape. */
const leading = (g: GraphBuilder): Value => g.node('Shape', ['positions'])[0];

/** A vector of the checkpoint as it is stored, [width]. */
export function floatVector(g: GraphBuilder, name: string, width: number, source: TensorSource): Value {
  const produce = async () => {
    const data = await source.readFloat32(name);
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  };
  return g.weight({ name, type: 'float32', shape: [width], sizeBytes: width * 4, produce });
}

/**
 * cos and sin [context, ropeDimensions/2]. The angle of channel pair i at position p is p · θ^(−2i/C), divided by the checkpoint's
 * scaling and long-context factors where it has them.
 */
export function rotaryTables(g: GraphBuilder, hyper: HyperParameters, source: TensorSource): [Value, Value] {
  const half = hyper.ropeDimensions / 2;
  // The cache identifies a weight by its name, so another table needs another name.
  const scaling = hyper.positionDivisor === 1 ? '' : `.${hyper.positionDivisor}`;
  const table = (name: string, of: (angle: number) => number): Value =>
    g.weight({
      name,
      type: 'float32',
      shape: [hyper.context, half],
      sizeBytes: hyper.context * half * 4,
      produce: async () => {
        const factors = source.tensors.has('rope_freqs.weight') ? await source.readFloat32('rope_freqs.weight') : null;
        const data = new Float32Array(hyper.context * half);
        for (let i = 0; i < half; i++) {
          const divisor = hyper.positionDivisor * (factors?.[i] ?? 1);
          const frequency = hyper.ropeTheta ** ((-2 * i) / hyper.ropeDimensions) / divisor;
          for (let p = 0; p < hyper.context; p++) data[p * half + i] = of(p * frequency);
        }
        return new Uint8Array(data.buffer);
      },
    });
  return [table(`rotary.cos${scaling}`, Math.cos), table(`rotary.sin${scaling}`, Math.sin)];
}

/**
 * Residual patch: N rows (block, token, value); each value is added to the residual stream entering its block. The neutral input
 * is one row of zeros. Returns the stream under the name `hidden.l`.
 */
function patcher(g: GraphBuilder, hyper: HyperParameters): (layer: number, x: Value) => Value {
  const places = hyper.layers + 1;
  const layer = g.input('patch.layer', 'int64', ['patches']);
  const token = g.input('patch.token', 'int64', ['patches', 1]);
  const value = g.input('patch.value', 'float32', ['patches', hyper.width]);
  const all = g.ints(...Array.from({ length: places }, (_, l) => l));
  const own = g.node('Equal', [g.node('Unsqueeze', [all, g.ints(1)])[0], layer])[0];
  const gate = g.node('Unsqueeze', [g.node('Cast', [own], { attributes: { to: 1 } })[0], g.ints(2)])[0];
  const gated = multiply(g, gate, value);
  return (at, x) => {
    const rows = gather(g, gated, g.scalar(at, 'int64'), 0);
    const [patched] = g.node('ScatterND', [x, token, rows], {
      attributes: { reduction: 'add' },
      outputs: [`hidden.${at}`],
    });
    return g.output(patched);
  };
}

/**
 * Head patch: rows of a block's merged head outputs, added before the output projection. The neutral input is one row of zeros for
 * each block, which is added in place and does not slow the plain pass noticeably.
 */
function headPatcher(
  g: GraphBuilder,
  { layers, heads, headWidth }: HyperParameters,
): (block: number, mixed: Value) => Value {
  const count = g.input('headPatch.count', 'int64', [layers]);
  const tokens = split(g, g.input('headPatch.token', 'int64', ['headPatches', 1]), count, layers, 0);
  const values = split(g, g.input('headPatch.value', 'float32', ['headPatches', heads * headWidth]), count, layers, 0);
  return (block, mixed) =>
    g.node('ScatterND', [mixed, tokens[block], values[block]], { attributes: { reduction: 'add' } })[0];
}
