/** Patches of the residual stream and of the heads' outputs. */
import type { DecoderSpec } from '../checkpoint/types';
import type { GraphBuilder, Value } from './builder';
import { gather, multiply, split } from './operations';

/**
 * Residual patch: N rows (block, token, value); each value is added to the residual stream entering its block. The neutral input
 * is one row of zeros. Returns the stream under the name `hidden.l`.
 */
export function patcher(g: GraphBuilder, spec: DecoderSpec): (layer: number, x: Value) => Value {
  const places = spec.layers + 1;
  const layer = g.input('patch.layer', 'int64', ['patches']);
  const token = g.input('patch.token', 'int64', ['patches', 1]);
  const value = g.input('patch.value', 'float32', ['patches', spec.width]);
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
export function headPatcher(
  g: GraphBuilder,
  { layers, heads, headWidth }: DecoderSpec,
): (block: number, mixed: Value) => Value {
  const count = g.input('headPatch.count', 'int64', [layers]);
  const tokens = split(g, g.input('headPatch.token', 'int64', ['headPatches', 1]), count, layers, 0);
  const values = split(g, g.input('headPatch.value', 'float32', ['headPatches', heads * headWidth]), count, layers, 0);
  return (block, mixed) =>
    g.node('ScatterND', [mixed, tokens[block], values[block]], { attributes: { reduction: 'add' } })[0];
}
