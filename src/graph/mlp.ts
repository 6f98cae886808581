/** The MLP of a block: gated (Shazeer 2020) or plain. */
import type { Activation } from '../checkpoint/types';
import type { GraphBuilder, Value } from './builder';
import type { LinearSpec } from './linear';
import type { Parts } from './norms';
import { geluErf, geluTanh, multiply, relu, silu, split } from './operations';

const activations: Readonly<Record<Activation, (g: GraphBuilder, x: Value) => Value>> = {
  silu,
  geluTanh,
  geluErf,
  relu,
  reluSquared: (g, x) => {
    const positive = relu(g, x);
    return multiply(g, positive, positive);
  },
};

/** [N, D] → [N, D]. */
export function mlp(
  { g, spec }: Parts,
  block: number,
  x: Value,
  linear: (x: Value, layer: LinearSpec) => Value,
): Value {
  const layer = (input: Value, name: string, ...tensors: string[]) =>
    linear(input, { name: `block${block}.${name}`, parts: tensors.map((one) => ({ tensor: `blk.${block}.${one}` })) });
  const activate = activations[spec.mlp.activation];
  const inside = () => {
    if (!spec.mlp.gated) return activate(g, layer(x, 'up', 'ffn_up.weight'));
    const both = layer(x, 'gateUp', 'ffn_gate.weight', 'ffn_up.weight');
    const [gate, up] = split(g, both, g.ints(spec.feedForward, spec.feedForward), 2, 1);
    return multiply(g, activate(g, gate), up);
  };
  const down = { tensor: `blk.${block}.ffn_down.weight`, factor: spec.scale.residual };
  return linear(inside(), { name: `block${block}.down`, parts: [down] });
}
