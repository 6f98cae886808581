/**
 * The llama family with its gradient: the decoder's own blocks without a past, and the same backwards. Float32, on the data file
 * of the decoder's float32 graph.
 *
 * inputs   embeddings [B,T,D] · positions [B,T] · mask [B|1,H|1,T,T] · rows [R] (flat b·T + t, each at most once) ·
 *          targets [R,1] · objective [R,1] · tapRows [Q]
 * outputs  logprob [R,1] = log p(target_r) after row r · gradient [B,T,D] = ∂(Σ_r objective_r · logprob_r)/∂embeddings ·
 *          attentionGradient.l [B,H,Q,T], the same for the block's post-softmax weights
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
  const attention: Value[] = [];
  const x = llamaBlocks(g, hyper, options, {
    stream: (_, stream) => stream,
    attend: (_, query, key, value) => {
      const { mixed, weights } = attendPlainly(g, hyper, context, query, key, value);
      attention.push(weights);
      return mixed;
    },
  });
  const logits = llamaLogits(g, hyper, options, gather(g, x, g.input('rows', 'int64', ['chosen']), 0));
  const logprobs = g.node('LogSoftmax', [logits], { attributes: { axis: -1 } })[0];
  const targets = g.input('targets', 'int64', ['chosen', 1]);
  g.node('GatherElements', [logprobs, targets], { attributes: { axis: 1 }, outputs: ['logprob'] });
  g.output('logprob');

  const objective = g.input('objective', 'float32', ['chosen', 1]);
  const [gradient, ...byBlock] = differentiate(g, [['logprob', objective]], ['embeddings', ...attention]);
  g.output(g.node('Identity', [gradient], { outputs: ['gradient'] })[0]);
  byBlock.forEach((weights, block) => {
    g.output(gather(g, weights, context.tapRows, 2, `attentionGradient.${block}`));
  });
  return g;
}
