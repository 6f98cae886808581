/**
 * The decoder with its gradient: its blocks without a past, and the same blocks backwards. The graph is float32 and reads the data
 * file of the decoder's float32 graph.
 *
 * inputs   embeddings [B,T,D] · positions [B,T] · mask [B|1,H|1,T,T] · window.w [1,1,T,T] for each distinct window w · rows [R]
 *          (flat b·T + t, each at most once) · targets [R,1] · objective [R,1] · streamRows [N] (flat b·T + t; empty = none, and
 *          nothing is copied)
 * outputs  logprob [R,1] = log p(target_r) after row r · gradient [B,T,D] = ∂(Σ_r objective_r · logprob_r)/∂embeddings ·
 *          the same gradient for the residual stream, hiddenGradient.l [N,D] (0 … L), and for the merged outputs of the heads,
 *          headsGradient.l [N,H·C] · attentionCredit.l [B,H,T] = Σ_q A[q,k] · ∂objective/∂A[q,k], A the post-softmax weights
 */
import type { DecoderSpec } from '../../checkpoint/types';
import { attendPlainly, plainContext } from '../attention';
import { GraphBuilder, type Value } from '../builder';
import { type BlockHooks, blocks, embedded, entrance, logits } from '../decoder';
import { projectHeads } from '../heads';
import { type LinearSpec, linear, type TensorSource } from '../linear';
import { type Parts, settled } from '../norms';
import { gather, multiply } from '../operations';
import { enter, enters } from '../positions';
import { attendInChunks, type ChunkedAttention, chunkedCredit } from './causalAttention';
import { differentiate } from './differentiate';

export function gradientGraph(spec: DecoderSpec, source: TensorSource): GraphBuilder {
  const g = GraphBuilder.create();
  const parts = { g, spec, source };
  const layer = exactly(parts);
  const context = plainContext(g, spec);
  const streamRows = g.input('streamRows', 'int64', ['stream']);
  const attention: Value[] = [];
  const hidden: Value[] = [];
  const heads: Value[] = [];
  const x = blocks(parts, entrance(parts), [0, spec.layers], {
    linear: layer,
    stream: (_, stream) => {
      hidden.push(stream);
      return stream;
    },
    mix: (block, normed) => {
      const place = { block, spec, context };
      const { mixed, weights } = attendPlainly(g, place, projectHeads(parts, block, normed, layer));
      attention.push(weights);
      heads.push(mixed);
      return mixed;
    },
  });
  const sources = ['embeddings', ...attention, ...hidden, ...heads];
  const gradients = differentiate(g, [objective(parts, settled(g, x))], sources);
  g.output(named(g, gradients[0], 'gradient'));
  const behind = gradients.slice(1);
  behind.splice(0, attention.length).forEach((slope, block) => {
    g.output(credit(g, attention[block], slope, `attentionCredit.${block}`));
  });
  behind.splice(0, hidden.length).forEach((stream, layer) => {
    g.output(gather(g, stream, streamRows, 0, `hiddenGradient.${layer}`));
  });
  behind.forEach((mixed, block) => {
    g.output(gather(g, mixed, streamRows, 0, `headsGradient.${block}`));
  });
  return g;
}

/**
 * The same graph cut at every block, for prompts whose forward values would not fit into memory at once (gradient checkpointing:
 * Chen et al. 2016), with attention cut into chunks of queries. Weights are fed, so that one graph serves every block of its kind.
 */
export interface GradientParts {
  /** embeddings [B,T,D] · positions → next [B·T,D], the stream that enters the first block; null where that is the embeddings. */
  enter: GraphBuilder | null;
  /** hidden [N,D] after the last block · rows · targets · objective → logprob [R,1] · gradient [N,D]. */
  head: GraphBuilder;
  blocks: readonly BlockGraphs[];
}

export interface BlockGraphs {
  /** embeddings [B,T,D] · positions · mask · windows · chunkSizes · chunkEnds → next [B·T,D]: the block's input and output. */
  forward: GraphBuilder;
  /**
   * The inputs of `forward`, and upstream [B·T,D] = ∂objective/∂next → gradient [B,T,D] · attentionCredit [B,H,T] · headsGradient
   * [B·T,H·C].
   */
  backward: GraphBuilder;
  /** The weight that both are fed → its name in the data file. */
  weights: ReadonlyMap<string, string>;
}

export function gradientParts(spec: DecoderSpec, source: TensorSource, chunks: number): GradientParts {
  const fed = (): Parts => ({ g: GraphBuilder.create({ fed: true }), spec, source });
  const kinds = new Map<string, Pick<BlockGraphs, 'forward' | 'backward'> & { names: string[] }>();
  const graphsOf = (block: number): BlockGraphs => {
    const plain = fed();
    oneBlock(plain, { block, chunks: 1 });
    const own = plain.g.weightNames();
    const { window, rotary } = spec.blocks[block];
    const kind = JSON.stringify([window, rotary, own.map((name) => name.replace(/^(blk\.|block)\d+/, '$1'))]);
    const known = kinds.get(kind) ?? {
      forward: blockForward(fed(), block, chunks),
      backward: blockBackward(fed(), block, chunks),
      names: own,
    };
    kinds.set(kind, known);
    return { ...known, weights: new Map(own.map((name, place) => [known.names[place], name])) };
  };
  return {
    enter: enters(spec) ? streamEntrance(fed()) : null,
    head: head(fed()),
    blocks: Array.from({ length: spec.layers }, (_, block) => graphsOf(block)),
  };
}

const exactly =
  ({ g, source }: Parts): BlockHooks['linear'] =>
  (x: Value, layer: LinearSpec) =>
    linear(g, x, layer, { form: 'float32', fast: false, source });

function streamEntrance(parts: Parts): GraphBuilder {
  const { g, spec } = parts;
  g.output(named(g, enter(parts, embedded(g, spec.width), 'positions'), 'next'));
  return g;
}

function blockForward(parts: Parts, block: number, chunks: number): GraphBuilder {
  const { g } = parts;
  g.output(named(g, oneBlock(parts, { block, chunks }).next, 'next'));
  return g;
}

function blockBackward(parts: Parts, block: number, chunks: number): GraphBuilder {
  const { g, spec } = parts;
  const { next, mixed, weights } = oneBlock(parts, { block, chunks });
  const upstream = g.input('upstream', 'float32', ['tokens', spec.width]);
  const [stream, output, ...slopes] = differentiate(g, [[next, upstream]], ['embeddings', mixed, ...weights]);
  g.output(named(g, stream, 'gradient'));
  g.output(named(g, chunkedCredit(g, weights, slopes), 'attentionCredit'));
  g.output(named(g, output, 'headsGradient'));
  return g.prune();
}

function head(parts: Parts): GraphBuilder {
  const { g, spec } = parts;
  const hidden = g.input('hidden', 'float32', ['tokens', spec.width]);
  const [gradient] = differentiate(g, [objective(parts, hidden)], [hidden]);
  g.output(named(g, gradient, 'gradient'));
  return g;
}

/** embeddings [B,T,D] → `next` [B·T,D], with the heads' outputs and weights. */
function oneBlock(parts: Parts, place: { block: number; chunks: number }): ChunkedAttention & { next: Value } {
  const { g, spec } = parts;
  const layer = exactly(parts);
  let attended: ChunkedAttention = { mixed: '', weights: [] };
  const x = blocks(parts, embedded(g, spec.width), [place.block, place.block + 1], {
    linear: layer,
    mix: (block, normed) => {
      attended = attendInChunks(g, spec, place, projectHeads(parts, block, normed, layer));
      return attended.mixed;
    },
  });
  return { next: settled(g, x), ...attended };
}

/**
 * Residual stream [N,D] → the value that is differentiated and its seed. Adds the inputs `rows`, `targets`, `objective` and the
 * output `logprob`.
 */
function objective(parts: Parts, x: Value): readonly [value: Value, seed: Value] {
  const { g } = parts;
  const chosen = gather(g, x, g.input('rows', 'int64', ['chosen']), 0);
  const scores = logits(parts, { value: chosen, plus: null }, exactly(parts));
  const logprobs = g.node('LogSoftmax', [scores], { attributes: { axis: -1 } })[0];
  const targets = g.input('targets', 'int64', ['chosen', 1]);
  g.node('GatherElements', [logprobs, targets], { attributes: { axis: 1 }, outputs: ['logprob'] });
  return [g.output('logprob'), g.input('objective', 'float32', ['chosen', 1])];
}

/** Σ_q A · ∂objective/∂A: [B,H,T] over the keys. */
function credit(g: GraphBuilder, weights: Value, slope: Value, name: Value): Value {
  const product = multiply(g, slope, weights);
  return g.node('ReduceSum', [product, g.ints(2)], { attributes: { keepdims: 0 }, outputs: [name] })[0];
}

const named = (g: GraphBuilder, value: Value, name: Value): Value =>
  g.node('Identity', [value], { outputs: [name] })[0];
