/**
 * The llama family with its gradient: the decoder's own blocks without a past, and the same blocks backwards. The graph is float32
 * and reads the data file of the decoder's float32 graph.
 *
 * inputs   embeddings [B,T,D] · positions [B,T] · mask [B|1,H|1,T,T] · rows [R] (flat b·T + t, each at most once) ·
 *          targets [R,1] · objective [R,1] · streamRows [N] (flat b·T + t; empty = none, and nothing is copied)
 * outputs  logprob [R,1] = log p(target_r) after row r · gradient [B,T,D] = ∂(Σ_r objective_r · logprob_r)/∂embeddings ·
 *          the same gradient for the residual stream, hiddenGradient.l [N,D] (0 … L), and for the merged outputs of the heads,
 *          headsGradient.l [N,H·C] · attentionCredit.l [B,H,T] = Σ_q A[q,k] · ∂objective/∂A[q,k], A the post-softmax weights
 */
import type { HyperParameters } from '../../checkpoint/types';
import { attendPlainly, plainContext } from '../attention';
import { GraphBuilder, type Value } from '../builder';
import type { LinearOptions, TensorSource } from '../linear';
import { llamaBlocks, llamaLogits } from '../llama';
import { gather, multiply } from '../operations';
import { attendInChunks, type ChunkedAttention, chunkedCredit } from './causalAttention';
import { differentiate } from './differentiate';

export function llamaGradient(hyper: HyperParameters, source: TensorSource): GraphBuilder {
  const g = GraphBuilder.create();
  const options = exactly(source);
  const context = plainContext(g, hyper);
  const streamRows = g.input('streamRows', 'int64', ['stream']);
  const attention: Value[] = [];
  const hidden: Value[] = [];
  const heads: Value[] = [];
  const x = llamaBlocks(g, hyper, options, {
    stream: (_, stream) => {
      hidden.push(stream);
      return stream;
    },
    attend: (_, query, key, value) => {
      const { mixed, weights } = attendPlainly(g, hyper, context, query, key, value);
      attention.push(weights);
      heads.push(mixed);
      return mixed;
    },
  });
  const sources = ['embeddings', ...attention, ...hidden, ...heads];
  const gradients = differentiate(g, [objective(g, hyper, options, x)], sources);
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
 * Chen et al. 2016), with attention cut into chunks of queries. Weights are fed, so that one graph serves every block.
 */
export interface GradientParts {
  /** embeddings [B,T,D] · positions · mask · chunkSizes · chunkEnds → next [B·T,D]: a block's input and output. */
  forward: GraphBuilder;
  /** hidden [N,D] after the last block · rows · targets · objective → logprob [R,1] · gradient [N,D]. */
  head: GraphBuilder;
  /**
   * The inputs of `forward`, and upstream [B·T,D] = ∂objective/∂next → gradient [B,T,D] · attentionCredit [B,H,T] · headsGradient
   * [B·T,H·C].
   */
  backward: GraphBuilder;
  /** For each block: the weight that `forward` and `backward` are fed → its name in the data file. */
  blocks: ReadonlyMap<string, string>[];
}

export function llamaGradientParts(hyper: HyperParameters, source: TensorSource, chunks: number): GradientParts {
  const options = exactly(source);
  const names = Array.from({ length: hyper.layers }, (_, block) => {
    const g = GraphBuilder.create({ fed: true });
    oneBlock(g, hyper, options, { block, chunks: 1 });
    return g.weightNames();
  });
  return {
    forward: blockForward(hyper, options, chunks),
    head: head(hyper, options),
    backward: blockBackward(hyper, options, chunks),
    blocks: names.map((own) => new Map(own.map((name, place) => [names[0][place], name]))),
  };
}

const exactly = (source: TensorSource): LinearOptions => ({ form: 'float32', fast: false, source });

function blockForward(hyper: HyperParameters, options: LinearOptions, chunks: number): GraphBuilder {
  const g = GraphBuilder.create({ fed: true });
  g.output(named(g, oneBlock(g, hyper, options, { block: 0, chunks }).next, 'next'));
  return g;
}

function blockBackward(hyper: HyperParameters, options: LinearOptions, chunks: number): GraphBuilder {
  const g = GraphBuilder.create({ fed: true });
  const { next, mixed, weights } = oneBlock(g, hyper, options, { block: 0, chunks });
  const upstream = g.input('upstream', 'float32', ['tokens', hyper.width]);
  const [stream, output, ...slopes] = differentiate(g, [[next, upstream]], ['embeddings', mixed, ...weights]);
  g.output(named(g, stream, 'gradient'));
  g.output(named(g, chunkedCredit(g, weights, slopes), 'attentionCredit'));
  g.output(named(g, output, 'headsGradient'));
  return g.prune();
}

function head(hyper: HyperParameters, options: LinearOptions): GraphBuilder {
  const g = GraphBuilder.create({ fed: true });
  const hidden = g.input('hidden', 'float32', ['tokens', hyper.width]);
  const [gradient] = differentiate(g, [objective(g, hyper, options, hidden)], [hidden]);
  g.output(named(g, gradient, 'gradient'));
  return g;
}

/** embeddings [B,T,D] → `next` [B·T,D], with the heads' outputs and weights. */
function oneBlock(
  g: GraphBuilder,
  hyper: HyperParameters,
  options: LinearOptions,
  { block, chunks }: { block: number; chunks: number },
): ChunkedAttention & { next: Value } {
  let attended: ChunkedAttention = { mixed: '', weights: [] };
  const next = llamaBlocks(g, hyper, options, {
    blocks: [block, block + 1],
    stream: (_, stream) => stream,
    attend: (_, query, key, value) => {
      attended = attendInChunks(g, hyper, chunks, query, key, value);
      return attended.mixed;
    },
  });
  return { next, ...attended };
}

/**
 * Residual stream [N,D] → the value that is differentiated and its seed. Adds the inputs `rows`, `targets`, `objective` and the
 * output `logprob`.
 */
function objective(
  g: GraphBuilder,
  hyper: HyperParameters,
  options: LinearOptions,
  x: Value,
): readonly [value: Value, seed: Value] {
  const logits = llamaLogits(g, hyper, options, gather(g, x, g.input('rows', 'int64', ['chosen']), 0));
  const logprobs = g.node('LogSoftmax', [logits], { attributes: { axis: -1 } })[0];
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
