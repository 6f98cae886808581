/** What is asked of a long prompt, and the estimates that stand in for its scores until they are known. */
import type { Prompt, Range } from '../../protocol/model';
import type { Scope, UnitKind } from '../shared/contract';
import { unitsOf } from '../shared/units';
import { attentionGradient } from './attentionGradient';
import { longPrompt, type SaliencyParams } from './contract';
import type { Work } from './methods';
import { attentionMean } from './rollout';

/** The parameters for a prompt of this length. A kind of units that holds only one gives way to a finer kind. */
export function askedOf<P extends Pick<SaliencyParams, 'by' | 'scope' | 'methods' | 'curves' | 'long'>>(
  { long, ...asked }: P,
  prompt: Prompt,
  ranges: readonly Range[],
): Omit<P, 'long'> & { estimated: boolean } {
  if (!long || prompt.tokens.length <= longPrompt) return { ...asked, estimated: false };
  const kinds: UnitKind[] = [long.by, 'sentence', asked.by];
  const by = kinds.find((kind) => countUnits(prompt, kind, asked.scope, ranges) > 1) ?? asked.by;
  return { ...asked, ...long, by, estimated: long.methods.includes('occlusion') };
}

function countUnits(prompt: Prompt, by: UnitKind, scope: Scope, ranges: readonly Range[]): number {
  try {
    return unitsOf(prompt, by, scope, ranges).length;
  } catch {
    return 0;
  }
}

/** Estimates by attention alone, which are there at once. */
export async function estimateQuickly({ book, ground, target, options: { signal } }: Work): Promise<void> {
  const perToken = await attentionMean(ground.model, target, { known: ground.known, signal });
  book.estimate = { method: 'attention', scores: book.byUnit(perToken) };
}

/** Estimates with one gradient, which is kept for the methods that need it. */
export async function estimate(work: Work): Promise<void> {
  const { book, ground, target, options } = work;
  const found = await attentionGradient(ground.model.info, ground.differentiable, target, { signal: options.signal });
  work.gradients = found;
  book.estimate = { method: 'attentionGradient', scores: book.byUnit(found.perToken) };
}
