/** Writes raw tensors of a prompt to a safetensors file, chunk by chunk: hidden [L+1, T, D], attention [L, H, T, T], logits [T, V]. */
import type { Model, PastState } from '../analysis/shared/model';
import { chunkTokens, type OnTokens } from '../analysis/shared/prefix';
import { ProblemError } from '../protocol/problem';
import { SafetensorsWriter } from './safetensors';

export type SavedTensor = 'hidden' | 'attention' | 'logits';

/** The attention of a chunk stays under this many floats. */
const attentionBudget = 8 * 1024 * 1024;

/** Rejects with `cancelled` between passes; an incomplete file is removed. */
export async function saveTensors(
  model: Model,
  ids: readonly number[],
  path: string,
  tensors: readonly SavedTensor[],
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: OnTokens } = {},
): Promise<{ path: string; bytes: number }> {
  if (tensors.length === 0) throw new ProblemError('usage', ['Nothing to save.']);
  const { layers, heads, width, vocabulary } = model.info;
  const T = ids.length;
  const shapes = { hidden: [layers + 1, T, width], attention: [layers, heads, T, T], logits: [T, vocabulary] };
  const writer = await SafetensorsWriter.create(
    path,
    tensors.map((name) => ({ name, shape: shapes[name] })),
  );
  const wanted = (name: SavedTensor, count: number) => (tensors.includes(name) ? indices(count) : []);
  const affordable = tensors.includes('attention') ? Math.floor(attentionBudget / (layers * heads * T)) : chunkTokens;
  const step = Math.max(1, Math.min(chunkTokens, affordable));
  try {
    let past: PastState | null = null;
    for (let first = 0; first < T; first += step) {
      const chunk = ids.slice(first, first + step);
      const logits = tensors.includes('logits');
      const want = { hidden: wanted('hidden', layers + 1), attention: wanted('attention', layers), logits, past: true };
      const result = await model.run({ ids: [chunk], past, rows: logits ? indices(chunk.length) : [0], want }, signal);
      past = result.past;
      if (result.logits) await writer.write('logits', first * vocabulary, result.logits);
      for (const [layer, data] of result.hidden) await writer.write('hidden', (layer * T + first) * width, data);
      for (const [layer, data] of result.attention) await writeSlab(writer, data, layer, heads, first, chunk.length, T);
      onProgress?.(first + chunk.length, T);
    }
  } catch (error) {
    await writer.discard();
    throw error;
  }
  await writer.finish();
  return { path, bytes: writer.sizeBytes };
}

/** Writes [H, queries, first + queries] into rows of T keys; later keys are 0. */
async function writeSlab(
  writer: SafetensorsWriter,
  data: Float32Array,
  layer: number,
  heads: number,
  first: number,
  queries: number,
  T: number,
): Promise<void> {
  const keys = first + queries;
  for (let head = 0; head < heads; head++) {
    const rows = new Float32Array(queries * T);
    for (let q = 0; q < queries; q++) {
      const from = (head * queries + q) * keys;
      rows.set(data.subarray(from, from + keys), q * T);
    }
    await writer.write('attention', ((layer * heads + head) * T + first) * T, rows);
  }
}

const indices = (length: number): number[] => Array.from({ length }, (_, index) => index);
