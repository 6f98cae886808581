/** Tokens by name in results: those that are only a piece of a character carry their bytes, by which they can be told apart. */
import type { Candidate } from './contract';
import type { Model } from './model';

export function named(model: Model, id: number): Pick<Candidate, 'id' | 'text' | 'bytes'> {
  const text = model.text(id);
  const bytes = text.includes('\ufffd') ? model.bytes?.(id) : undefined;
  return bytes ? { id, text, bytes: hexOf(bytes) } : { id, text };
}

export function candidateOf(model: Model, id: number, logprob: number): Candidate {
  return { ...named(model, id), logprob };
}

/** The bytes of tokens that together end inside a character; nothing where their text is whole. */
export function sequenceBytes(model: Model, ids: readonly number[], text: string): { bytes?: string } {
  if (!text.includes('\ufffd') || !model.bytes) return {};
  const { bytes } = model;
  return { bytes: ids.map((id) => hexOf(bytes.call(model, id))).join('') };
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
