/**
 * The llama family with its gradient: the decoder's own blocks without a past, and the same backwards. Float32, on the data file
 * of the decoder's float32 graph.
 *
 * inputs   embeddings [B,T,D] · positions [B,T] · mask [B|1,H|1,T,T] · rows [R] (flat b·T + t, each at most once) ·
 *          targets [R,1] · objective [R,1] · tapRows [Q] · streamRows [N] (flat b·T + t; empty = none, and nothing is copied)
 * outputs  logprob [R,1] = log p(target_r) after row r · gradient [B,T,D] = ∂(Σ_r objective_r · logprob_r)/∂embeddings ·
 *          the same for the block's post-softmax weights, attentionGradient.l [B,H,Q,T], for the residual stream,
 *          hiddenGradient.l [N,D] (0 … L), and for the merged outputs of the heads, headsGradient.l [N,H·C]; heads.l [N,H·C]
 */
import type { HyperParameters } from '../../checkpoint/types';
import { attendPlainly, plainContext } from '../attention';
import { GraphBuilder, type Value } from '../builder';
import type { TensorSource } from '../linear';
import { llamaBlocks, llamaLogits } from '../llama';
import { gather } from '../operations';
import { differentiate } from './differentiate';

export function llamaGradient(hyper: HyperParameters, source: TensorSource): GraphBuilder {
  const g = GraphBuilder.create();
  const options = { form: 'float32', fast: false, source } as const;
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
    attend: (block, query, key, value) => {
      const { mixed, weights } = attendPlainly(g, hyper, context, query, key, value);
      attention.push(weights);
      heads.push(mixed);
      g.output(gather(g, mixed, streamRows, 0, `heads.${block}`));
      return mixed;
    },
  });
  const logits = llamaLogits(g, hyper, options, gather(g, x, g.input('rows', 'int64', ['chosen']), 0));
  const logprobs = g.node('LogSoftmax', [logits], { attributes: { axis: -1 } })[0];
  const targets = g.input('targets', 'int64', ['chosen', 1]);
  g.node('GatherElements', [logprobs, targets], { attributes: { axis: 1 }, outputs: ['logprob'] });
  g.output('logprob');

  const objective = g.input('objective', 'float32', ['chosen', 1]);
  const sources = ['embeddings', ...attention, ...hidden, ...heads];
  const gradients = differentiate(g, [['logprob', objective]], sources);
  g.output(g.node('Identity', [gradients[0]], { outputs: ['gradient'] })[0]);
  const behind = gradients.slice(1);
  behind.splice(0, attention.length).forEach((weights, block) => {
    g.output(gather(g, weights, context.tapRows, 2, `attentionGradient.${block}`));
  });
  behind.splice(0, hidden.length).forEach((stream, layer) => {
    g.output(gather(g, stream, streamRows, 0, `hiddenGradient.${layer}`));
  });
  behind.forEach((mixed, block) => {
    g.output(gather(g, mixed, streamRows, 0, `headsGradient.${block}`));
  });
  return g;
}
