/**
 * A decoder-only transformer (Vaswani et al. 2017; Radford et al. 2019; Touvron et al. 2023), whatever its family: one block, written
 * in the order of the papers, with a switch of the spec wherever families differ. The single step and the gradient use the same
 * block. Every tap and intervention is a named input or output.
 *
 * inputs   embeddings [B,T,D] · positions [B,T] · mask [B|1,H|1,T,S] · window.w [B|1,1,T,S] for each distinct window w ·
 *          headScale [L,B|1,H,1,1] · tapRows [Q] · past.key.l, past.value.l [1|B,G,P,C] · patch.layer [N], patch.token [N,1],
 *          patch.value [N,D] · headPatch.count [L], headPatch.token [N,1], headPatch.value [N,H·C] (block by block, at least one
 *          row each) · rows [R] (flat b·T + t) · extra [E,D] (residual rows for the lens) · targets [R+E,1] · candidates [1] ·
 *          logitRows [Z] (which of the R+E)
 * outputs  hidden.l [B·T,D] (0 … L) · attention.l [B,H,Q,S] · heads.l [B,H,T,C] · mlp.l [B·T,D] · key.l, value.l [B,G,T,C] ·
 *          logits [Z,V] · statistics of all R+E rows (vocabulary.ts)
 */
import type { DecoderSpec } from '../checkpoint/types';
import { attend, attentionContext } from './attention';
import { GraphBuilder, type Value } from './builder';
import { projectHeads } from './heads';
import { headPatcher, patcher } from './interventions';
import { type LinearOptions, type LinearSpec, linear } from './linear';
import { mlp } from './mlp';
import { norm, type Parts, type Stream, settled, sumAndNorm } from './norms';
import { concat, gather, multiply, reshape, tanh } from './operations';
import { enter } from './positions';
import { vocabularyStatistics } from './vocabulary';

export function decoderGraph(spec: DecoderSpec, options: LinearOptions): GraphBuilder {
  const g = GraphBuilder.create();
  const parts = { g, spec, source: options.source };
  const layer = (x: Value, one: LinearSpec) => linear(g, x, one, options);
  const context = attentionContext(g, spec);
  const patchHeads = headPatcher(g, spec);
  const x = blocks(parts, entrance(parts), [0, spec.layers], {
    linear: layer,
    stream: patcher(g, spec),
    mix: (block, normed) => {
      const heads = projectHeads(parts, block, normed, layer);
      g.output(heads.key);
      g.output(heads.value);
      return patchHeads(block, attend(g, block, spec, context, heads));
    },
    mlp: (block, added) => {
      g.node('Identity', [added], { outputs: [`mlp.${block}`] });
      g.output(`mlp.${block}`);
    },
  });
  const rows = gather(g, settled(g, x), g.input('rows', 'int64', ['chosen']), 0);
  const read = concat(g, [rows, g.input('extra', 'float32', ['extra', spec.width])], 0);
  vocabularyStatistics(g, logits(parts, { value: read, plus: null }, layer), spec.vocabulary);
  return g;
}

/** Adds the inputs `embeddings` and `positions` of texts; returns the stream [B·T, D] that enters the first block. */
export function entrance(parts: Parts): Value {
  const { g, spec } = parts;
  return enter(parts, embedded(g, spec.width), 'positions');
}

/** The inputs alone: embeddings as [B·T, D]. */
export function embedded(g: GraphBuilder, width: number): Value {
  const embeddings = g.input('embeddings', 'float32', ['batch', 'new', width]);
  g.input('positions', 'int64', ['batch', 'new']);
  return reshape(g, embeddings, g.ints(-1, width));
}

/** What differs between the decoder, its step and its gradient; they share everything else. */
export interface BlockHooks {
  linear(x: Value, layer: LinearSpec): Value;
  /** The block's normed input [N, D] → the heads' mixed values [N, H·C], before the output projection. */
  mix(block: number, normed: Value): Value;
  /** Gets the residual stream that enters block `layer` (L = after the last), and returns the stream to continue with. */
  stream?(layer: number, x: Value): Value;
  /** Gets the MLP's contribution, [N, D]. */
  mlp?(block: number, added: Value): void;
}

/** The blocks from the first up to the one before the last; the stream [N, D] goes in and comes out. */
export function blocks(parts: Parts, x: Value, [first, end]: readonly [number, number], hooks: BlockHooks): Stream {
  const pass = (layer: number, stream: Stream): Stream =>
    hooks.stream ? { value: hooks.stream(layer, settled(parts.g, stream)), plus: null } : stream;
  let stream = pass(first, { value: x, plus: null });
  for (let l = first; l < end; l++) stream = pass(l + 1, block(parts, l, stream, hooks));
  return stream;
}

function block(parts: Parts, l: number, x: Stream, hooks: BlockHooks): Stream {
  const { spec, source } = parts;
  const at = (name: string) => `blk.${l}.${name}`;
  const before = spec.placement !== 'after';
  const after = spec.placement !== 'before';
  const parallel = spec.residual === 'parallel';

  const { sum, normed } = sumAndNorm(parts, x, before ? at('attn_norm') : null);
  const output = { tensor: at('attn_output.weight'), factor: spec.scale.residual };
  let attended = hooks.linear(hooks.mix(l, normed), { name: `block${l}.output`, parts: [output] });
  if (after) attended = norm(parts, attended, at('post_attention_norm'));

  const middle = { value: sum, plus: attended };
  const own = source.tensors.has(at('ffn_norm.weight'));
  const next = parallel
    ? { sum: settled(parts.g, middle), normed: own ? norm(parts, sum, at('ffn_norm')) : normed }
    : sumAndNorm(parts, middle, before ? at('ffn_norm') : null);
  let added = mlp(parts, l, next.normed, hooks.linear);
  if (after) added = norm(parts, added, at('post_ffw_norm'));
  hooks.mlp?.(l, added);
  return { value: next.sum, plus: added };
}

/** Residual rows [R, D] → logits [R, V]. */
export function logits(parts: Parts, rows: Stream, layer: BlockHooks['linear']): Value {
  const { g, spec } = parts;
  const { normed } = sumAndNorm(parts, rows, 'output_norm', spec.scale.logits);
  const tensor = spec.tied ? 'token_embd.weight' : 'output.weight';
  const plain = layer(normed, { name: 'unembedding', parts: [{ tensor }] });
  const { logits: cap } = spec.cap;
  return cap === null ? plain : multiply(g, tanh(g, multiply(g, plain, g.scalar(1 / cap))), g.scalar(cap));
}
