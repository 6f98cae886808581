/** A GGUF file's tensors under our names: most are themselves; stacked ones are parted, and rows of rotated neighbours are put in order. */
import { turnsNeighbours } from './families/gguf';
import { factorTensor } from './families/ggufRotary';
import type { ShardTensor } from './ggufShards';
import { type SeenTensor, type TensorView, viewedInfo } from './tensorView';
import type { DecoderSpec, TensorInfo } from './types';

export function ggufTensors(
  stored: ReadonlyMap<string, ShardTensor>,
  architecture: string,
  spec: DecoderSpec,
): Map<string, SeenTensor<ShardTensor>> {
  const seen = new Map<string, SeenTensor<ShardTensor>>();
  const neighbours = turnsNeighbours(architecture);
  for (const [name, tensor] of stored) {
    // Divisors for prompts beyond the original context, where none is read.
    if (name === 'rope_factors_long.weight' && stored.has(factorTensor)) continue;
    for (const { own, rows } of partsOf(name, tensor, stored, spec)) {
      const kind = /^blk\.\d+\.attn_([qk])\.(?:weight|bias)$/.exec(own)?.[1];
      const heads = kind === 'q' ? spec.heads : spec.keyValueHeads;
      const view: TensorView = {
        ...(rows ? { rows: [rows] } : {}),
        ...(neighbours && kind ? { neighbours: { heads } } : {}),
      };
      seen.set(own, { ...viewedInfo(own, tensor, view), stored: tensor, view });
    }
  }
  return seen;
}

interface Part {
  own: string;
  /** Its rows of the stored tensor; all where absent. */
  rows?: [number, number];
}

/** Queries, keys and values may be stacked, and in Phi 3 so are the MLP's gate and the rest of its input. */
function partsOf(
  name: string,
  { shape }: TensorInfo,
  stored: ReadonlyMap<string, TensorInfo>,
  spec: DecoderSpec,
): Part[] {
  const { heads, keyValueHeads, headWidth, feedForward } = spec;
  const [, block, kind, part] = /^(blk\.\d+\.)(attn_qkv|ffn_up)\.(weight|bias)$/.exec(name) ?? [];
  const parted = (names: string[], counts: number[]): Part[] =>
    counts.reduce((a, b) => a + b, 0) === shape[0]
      ? names.map((own, place) => {
          const first = counts.slice(0, place).reduce((a, b) => a + b, 0);
          return { own: `${block}${own}.${part}`, rows: [first, first + counts[place]] };
        })
      : [{ own: name }];
  if (kind === 'attn_qkv')
    return parted(
      ['attn_q', 'attn_k', 'attn_v'],
      [heads, keyValueHeads, keyValueHeads].map((count) => count * headWidth),
    );
  if (kind === 'ffn_up' && spec.mlp.gated && !stored.has(`${block}ffn_gate.weight`))
    return parted(['ffn_gate', 'ffn_up'], [feedForward, feedForward]);
  return [{ own: name }];
}
