/**
 * Positions: what is added to the embeddings, and the rotation of queries and keys (Su et al. 2021). Each block names its table;
 * tables differ in base and scaling.
 */
import type { RotaryTable } from '../checkpoint/types';
import type { Value } from './builder';
import { floatWeight, type TensorSource } from './linear';
import type { Parts } from './norms';
import { add, gather, multiply, reshape, rotary } from './operations';

/** embeddings [N, D] of the tokens at `positions` (int64) → the residual stream [N, D] that enters the first block. */
export function enter({ g, spec, source }: Parts, embeddings: Value, positions: Value): Value {
  const { scale, width } = spec;
  const scaled = scale.embedding === 1 ? embeddings : multiply(g, embeddings, g.scalar(scale.embedding));
  if (!spec.positions.learned) return scaled;
  const layer = { name: 'position_embd', parts: [{ tensor: 'position_embd.weight' }] };
  const table = floatWeight(g, layer, spec.context, width, source);
  return add(g, scaled, reshape(g, gather(g, table, positions, 0), g.ints(-1, width)));
}

/** Whether the stream that enters the first block is other than the embeddings. */
export const enters = ({ scale, positions }: Parts['spec']): boolean => scale.embedding !== 1 || positions.learned;

/** x [B, heads, T, C], its first channels rotated as the block asks; x itself where nothing rotates. */
export function rotated(parts: Parts, block: number, x: Value, heads: number, positions: Value, name?: Value): Value {
  const { g, spec } = parts;
  const table = spec.blocks[block].rotary;
  if (table === null) return name ? g.node('Identity', [x], { outputs: [name] })[0] : x;
  const part = spec.positions.rotated === spec.headWidth ? null : { heads, channels: spec.positions.rotated };
  return rotary(g, x, positions, ...rotaryTables(parts, table), { part, name });
}

/**
 * cos and sin [context + 1, rotated / 2]. The angle of channel pair i at position p is p · base^(−2i/r), divided by the table's
 * divisors. The last row leaves as it is whatever it rotates.
 */
function rotaryTables({ g, spec, source }: Parts, index: number): [Value, Value] {
  const { context, positions } = spec;
  const half = positions.rotated / 2;
  const own = positions.tables[index];
  const table = (name: string, of: (angle: number) => number): Value =>
    g.weight({
      name: `rotary${index}.${name}`,
      type: 'float32',
      shape: [context + 1, half],
      sizeBytes: (context + 1) * half * 4,
      produce: async () => {
        const factors = await divisorsOf(own, source);
        const data = new Float32Array((context + 1) * half);
        for (let i = 0; i < half; i++) {
          const frequency = own.base ** ((-2 * i) / positions.rotated) / (own.divisor * (factors?.[i] ?? 1));
          for (let p = 0; p < context; p++) data[p * half + i] = own.amplitude * of(p * frequency);
        }
        data.fill(of(0), context * half);
        return new Uint8Array(data.buffer);
      },
    });
  return [table('cos', Math.cos), table('sin', Math.sin)];
}

async function divisorsOf({ divisors }: RotaryTable, source: TensorSource): Promise<ArrayLike<number> | null> {
  if (divisors === null || !('tensor' in divisors)) return divisors;
  return source.readFloat32(divisors.tensor);
}
