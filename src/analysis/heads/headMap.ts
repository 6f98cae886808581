/**
 * Every head at a glance: its habits (attention.ts), how much the target would lose without it to first order, and how much it does lose.
 * The map grows while it is computed: summaries, one gradient, then exact knock-outs, the likeliest heads first. The first-order knock-out
 * is the head's attention times its gradient (see attentionGradient.ts), so one number serves for both.
 */

import { attentionOverview } from '../attention/attention';
import { unlessRefused } from '../patching/attributionPatching';
import type { OnStep } from '../patching/patchMap';
import { attentionGradient } from '../saliency/attentionGradient';
import type { Differentiable } from '../shared/differentiable';
import type { Model } from '../shared/model';
import { type Target, targetResult } from '../shared/target';
import type { ScoringOptions } from '../shared/variants';
import type { HeadMap } from './contract';
import { headKnockout } from './headKnockout';

export interface HeadMapOptions extends Pick<ScoringOptions, 'known' | 'signal' | 'batch'> {
  /** Without it, only the knock-outs run. */
  preview?: boolean;
  onStep?: OnStep<HeadMap>;
}

/** `ids` is the prompt; its summaries cover all of it, the scores what stands before the target. */
export async function headMap(
  model: Model,
  differentiable: Differentiable,
  ids: readonly number[],
  target: Target,
  { preview = true, known, signal, batch, onStep }: HeadMapOptions = {},
): Promise<HeadMap> {
  const { layers, heads } = model.info;
  const total = layers * heads * target.before;
  const overview = { size: 1, sink: 'raw', known, signal } as const;
  const map: HeadMap = {
    target: targetResult(target),
    knockout: Array.from({ length: layers }, () => new Array<number | null>(heads).fill(null)),
    preview: null,
    summaries: preview ? (await attentionOverview(model, ids, overview)).summaries : [],
    complete: false,
  };
  const tell = (done: number) =>
    onStep?.(() => ({ ...map, knockout: map.knockout.map((row) => [...row]) }), done, total);
  tell(0);

  const gradient = preview
    ? await unlessRefused(attentionGradient(model.info, differentiable, target, { signal }))
    : null;
  const credit = gradient?.perHead ?? null;
  map.preview = credit;
  if (credit) tell(0);

  const order = Array.from({ length: layers * heads }, (_, head) => head);
  const guess = credit?.flat();
  if (guess) order.sort((a, b) => Math.abs(guess[b]) - Math.abs(guess[a]));
  await headKnockout(model, ids, target, {
    known,
    signal,
    batch,
    order,
    onScores: (some, scores) => {
      some.forEach((head, index) => {
        map.knockout[Math.floor(head / heads)][head % heads] = scores[index];
      });
    },
    onProgress: tell,
  });
  return { ...map, complete: true };
}
