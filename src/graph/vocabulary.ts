/**
 * From residual rows to what a panel shows: final norm, unembedding and the statistics over the vocabulary, so that a few numbers
 * leave the graph and not [R, V] logits. The same head reads any residual row, which is the logit lens (nostalgebraist 2020).
 * Shapes: R rows, V vocabulary, K candidates. Natural logarithms.
 */
import type { GraphBuilder, Value } from './builder';
import { gather, subtract } from './operations';

/** logits [R, V] → outputs logits, logprob [R], rank [R], entropy [R], topIds [R, K], topLogprob [R, K]. */
export function vocabularyStatistics(g: GraphBuilder, logits: Value): void {
  const targets = g.input('targets', 'int64', ['rows', 1]);
  const candidates = g.input('candidates', 'int64', [1]);
  const probabilities = g.node('Softmax', [logits], { attributes: { axis: -1 } })[0];
  const [topLogits] = g.node('TopK', [logits, candidates], {
    attributes: { axis: -1, largest: 1, sorted: 1 },
    outputs: ['topLogits', 'topIds'],
  });

  // log Σ exp z from the first choice: z₁ − log p₁.
  const first = g.ints(0);
  const firstId = gather(g, 'topIds', first, 1);
  const firstProbability = g.node('GatherElements', [probabilities, firstId], { attributes: { axis: 1 } })[0];
  const logNormaliser = subtract(g, gather(g, topLogits, first, 1), g.node('Log', [firstProbability])[0]);
  g.node('Sub', [topLogits, logNormaliser], { outputs: ['topLogprob'] });

  const targetLogit = g.node('GatherElements', [logits, targets], { attributes: { axis: 1 } })[0];
  g.node('Sub', [targetLogit, logNormaliser], { outputs: ['logprob'] });
  const higher = g.node('Cast', [g.node('Greater', [logits, targetLogit])[0]], { attributes: { to: 1 } })[0];
  g.node('ReduceSum', [higher, g.ints(1)], { attributes: { keepdims: 0 }, outputs: ['rank'] });

  // H = log Z − Σ p z, the sum as one dot product a row.
  const row = g.node('Unsqueeze', [probabilities, g.ints(1)])[0];
  const column = g.node('Unsqueeze', [logits, g.ints(2)])[0];
  const expected = g.node('Squeeze', [g.node('MatMul', [row, column])[0], g.ints(2)])[0];
  g.node('Sub', [logNormaliser, expected], { outputs: ['entropy'] });

  g.output('logits');
  g.output('topIds', 'int64');
  for (const name of ['topLogprob', 'logprob', 'rank', 'entropy']) g.output(name);
}
