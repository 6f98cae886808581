/** A folder's tensors under our names: each is a view of a stored one, and every stored one is used or refused by its name. */
import { clause } from '../../protocol/clauses';
import { checkTensors } from '../checkTensors';
import type { Place, TensorNames } from '../families/family';
import { unsupported } from '../modelProblem';
import { type SeenTensor, type TensorView, viewedInfo } from '../tensorView';
import type { DecoderSpec } from '../types';
import type { StoredTensor } from './safetensors';

/** Buffers that some files keep beside the weights: masks and frequencies that are computed anew. */
const buffers = /\.(?:attn|attention)\.(?:bias|masked_bias)$|\.rotary_emb\.inv_freq$/;

/** Whether a stored tensor is one of the decoder's own. */
export const isWeight = (name: string): boolean => !buffers.test(name);

export function seenTensors(
  stored: ReadonlyMap<string, StoredTensor>,
  names: TensorNames,
  spec: DecoderSpec,
  path: string,
): Map<string, SeenTensor<StoredTensor>> {
  const seen = new Map<string, SeenTensor<StoredTensor>>();
  const calls = new Map<string, string>();
  const used = new Set<string>();
  // A decoder that was saved without its head has names without their first part.
  const [outer] = names.layers.split(/(?<=\.)/);
  const bare = ![...stored.keys()].some((name) => name.startsWith(outer));
  const see = (ours: string, place: Place, prefix: string) => {
    const { from, ...views } = typeof place === 'string' ? { from: place } : place;
    for (const kind of ['weight', 'bias']) {
      // Of a norm stored as w of 1 + w, the bias is what it is.
      const view = kind === 'bias' ? { ...views, plusOne: false } : views;
      const whole = `${prefix}${from}.${kind}`;
      const theirs = bare && whole.startsWith(outer) ? whole.slice(outer.length) : whole;
      const tensor = stored.get(theirs);
      calls.set(`${ours}.${kind}`, theirs);
      if (!tensor) continue;
      used.add(theirs);
      // Where the unembedding is the embedding table, a second copy of it says nothing more.
      if (ours === 'output' && spec.tied) continue;
      const name = `${ours}.${kind}`;
      if (!fits(tensor.shape, view)) throw unsupported(path, clause('tensorNotComputed', theirs));
      seen.set(name, { ...viewedInfo(name, tensor, view), stored: tensor, view });
    }
  };
  for (const [ours, place] of Object.entries(names.whole)) see(ours, place, '');
  for (let block = 0; block < spec.layers; block++)
    for (const [ours, place] of Object.entries(names.block))
      see(`blk.${block}.${ours}`, place, `${names.layers}${block}.`);
  for (const name of stored.keys()) if (!used.has(name)) throw unsupported(path, clause('tensorNotComputed', name));
  checkTensors(spec, seen, path, (name) => calls.get(name) ?? name);
  return seen;
}

/** Whether the rows that a view takes exist. */
function fits(shape: readonly number[], { rows, transposed }: TensorView): boolean {
  const count = transposed && shape.length === 2 ? shape[1] : shape[0];
  return shape.length > 0 && (rows ?? []).every(([, to]) => to <= count);
}
