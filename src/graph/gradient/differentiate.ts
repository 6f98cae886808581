/**
 * Reverse-mode differentiation of a graph (Griewank & Walther 2008): the nodes recorded so far are visited backwards, and the nodes
 * that compute the gradient are added after them. Only values that depend on a value of `of` are differentiated, so weights never
 * get a gradient.
 */
import type { GraphBuilder, RecordedNode, Value } from '../builder';
import { add } from '../operations';
import { derivatives } from './derivatives';

/** Operations whose outputs do not change with the values of their inputs. */
const constant = new Set(['Shape']);

/**
 * dL/dv for each v of `of`, where L = Σ seed · value over the pairs `[value, seed]` (a seed has its value's shape). Throws for an
 * operation without a derivative, and when a v does not lead to any of the seeded values.
 */
export function differentiate(
  g: GraphBuilder,
  seeds: readonly (readonly [value: Value, seed: Value])[],
  of: readonly Value[],
): Value[] {
  const nodes = g.recorded();
  const active = dependents(nodes, of);
  const parts = new Map<Value, Value[]>();
  const contribute = (value: Value, gradient: Value) => parts.set(value, [...(parts.get(value) ?? []), gradient]);
  /** The sum of the gradients collected so far; called once all nodes that read the value are done. */
  const total = (value: Value): Value | null => {
    const all = parts.get(value);
    if (!all) return null;
    const sum = all.reduce((a, b) => add(g, a, b));
    parts.set(value, [sum]);
    return sum;
  };

  for (const [value, seed] of seeds) contribute(value, seed);
  for (const node of [...nodes].reverse()) {
    const wanted = node.inputs.map((input) => active.has(input));
    if (constant.has(node.opType) || !wanted.includes(true)) continue;
    const gradients = node.outputs.map(total);
    if (gradients.every((gradient) => gradient === null)) continue;
    const derivative = derivatives[node.opType];
    if (!derivative) throw new Error(`no derivative of ${node.opType}`);
    const results = derivative(g, node, gradients, wanted);
    node.inputs.forEach((input, index) => {
      const result = results[index];
      if (wanted[index] && result) contribute(input, result);
    });
  }
  return of.map((value) => {
    const gradient = total(value);
    if (!gradient) throw new Error(`nothing seeded depends on ${value}`);
    return gradient;
  });
}

/** The values that change when one of `sources` does, including the sources. */
function dependents(nodes: readonly RecordedNode[], sources: readonly Value[]): ReadonlySet<Value> {
  const active = new Set(sources);
  for (const { opType, inputs, outputs } of nodes) {
    if (constant.has(opType) || !inputs.some((input) => active.has(input))) continue;
    for (const output of outputs) if (output !== '') active.add(output);
  }
  return active;
}
