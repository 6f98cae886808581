/**
 * From residual rows to the numbers that a panel shows: final norm, unembedding and the statistics over the vocabulary, so that a
 * few numbers leave the graph and not [R, V] logits. The same head reads any residual row, which is the logit lens (nostalgebraist
 * 2020). Shapes: R rows, V vocabulary, K candidates. Natural logarithms.
 */
import type { GraphBuilder, Value } from './builder';
import { elementTypes } from './onnxFormat';

/**
 * logits [R, V] → outputs logprob [R], rank [R], entropy [R], topIds [R, K], topLogprob [R, K], and logits of the rows `logitRows`.
 * An array of [R, V] is the largest value of a pass, so no output has that shape unless it is requested, and the comparisons behind
 * the rank are kept as bytes.
 */
export function vocabularyStatistics(g: GraphBuilder, logits: Value, vocabulary: number): void {
  const targets = g.input('targets', 'int64', ['rows', 1]);
  const candidates = g.input('candidates', 'int64', [1]);
  g.node('Gather', [logits, g.input('logitRows', 'int64', ['raw'])], { attributes: { axis: 0 }, outputs: ['logits'] });
  g.node('TopK', [logits, candidates], {
    attributes: { axis: -1, largest: 1, sorted: 1 },
    outputs: ['topLogits', 'topIds'],
  });

  const targetLogit = g.node('GatherElements', [logits, targets], { attributes: { axis: 1 } })[0];
  const higher = g.node('Cast', [g.node('Greater', [logits, targetLogit])[0]], {
    attributes: { to: elementTypes.uint8 },
  })[0];
  const counts = g.node('MatMulInteger', [higher, g.ones('uint8', vocabulary, 1)])[0];
  const rank = g.node('Cast', [counts], { attributes: { to: elementTypes.float32 } })[0];
  g.node('Squeeze', [rank, g.ints(1)], { outputs: ['rank'] });

  const logprobs = g.node('LogSoftmax', [logits], { attributes: { axis: -1 } })[0];
  const pick = (ids: Value, name: Value) =>
    g.node('GatherElements', [logprobs, ids], { attributes: { axis: 1 }, outputs: [name] });
  pick('topIds', 'topLogprob');
  pick(targets, 'logprob');

  // H = −Σ p log p is computed as one dot product a row.
  const row = g.node('Unsqueeze', [g.node('Exp', [logprobs])[0], g.ints(1)])[0];
  const column = g.node('Unsqueeze', [logprobs, g.ints(2)])[0];
  const products = g.node('Squeeze', [g.node('MatMul', [row, column])[0], g.ints(1, 2)])[0];
  g.node('Neg', [products], { outputs: ['entropy'] });

  g.output('topIds', 'int64');
  for (const name of ['logits', 'topLogprob', 'logprob', 'rank', 'entropy']) g.output(name);
}

/** logits [1, V] → outputs logits, topIds [1, K], topLogprob [1, K], entropy [1]: the values that a generation reads of one row. */
export function nextToken(g: GraphBuilder, logits: Value): void {
  const candidates = g.input('candidates', 'int64', [1]);
  g.node('Identity', [logits], { outputs: ['logits'] });
  const logprobs = g.node('LogSoftmax', ['logits'], { attributes: { axis: -1 } })[0];
  g.node('TopK', ['logits', candidates], {
    attributes: { axis: -1, largest: 1, sorted: 1 },
    outputs: ['topLogits', 'topIds'],
  });
  g.node('GatherElements', [logprobs, 'topIds'], { attributes: { axis: 1 }, outputs: ['topLogprob'] });
  const summands = g.node('Mul', [g.node('Exp', [logprobs])[0], logprobs])[0];
  const sum = g.node('ReduceSum', [summands, g.ints(1)], { attributes: { keepdims: 0 } })[0];
  g.node('Neg', [sum], { outputs: ['entropy'] });
  g.output('topIds', 'int64');
  for (const name of ['logits', 'topLogprob', 'entropy']) g.output(name);
}
