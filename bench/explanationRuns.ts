/** Our side of the explanations: the same prompt, target and replacement as the peers get. Used by ours.ts. */

import type { GradientMethod, Operator } from '../src/analysis/saliency/contract';
import { gradients } from '../src/analysis/saliency/gradients';
import { occlusion } from '../src/analysis/saliency/occlusion';
import type { PromptText } from '../src/analysis/shared/following';
import { resolveTarget } from '../src/analysis/shared/target';
import type { RunningModel } from '../src/inference/loadModel';
import { timed } from './shared';

interface Explained {
  ids: number[];
  /** A text of one token. */
  target: string;
}

function promptOf({ decoder }: RunningModel, ids: readonly number[]): PromptText {
  const at = (t: number) => decoder.decode(ids.slice(0, t)).length;
  return { rendered: decoder.decode(ids), tokens: ids.map((id, t) => ({ id, start: at(t), end: at(t + 1) })) };
}

/** Every token by itself; `firstMs` until the first scores are known. */
export async function occlusionByToken(
  running: RunningModel,
  { ids, target: text, operator, replacement }: Explained & { operator: Operator; replacement: number },
): Promise<{ ms: number; firstMs: number; scores: (number | null)[] }> {
  const { decoder } = running;
  const units = ids.map((_, t) => ({ tokens: [t, t + 1] as [number, number] }));
  let scores: (number | null)[] = [];
  let firstMs = Number.NaN;
  const started = performance.now();
  const ms = await timed(async () => {
    const target = await resolveTarget(decoder, promptOf(running, ids), { text });
    scores = await occlusion(decoder, ids, target, units, operator, {
      replacement,
      onScores: () => {
        if (Number.isNaN(firstMs)) firstMs = performance.now() - started;
      },
    });
  });
  return { ms, firstMs, scores };
}

export async function gradientScores(
  running: RunningModel,
  { ids, target, method, steps }: Explained & { method: GradientMethod; steps: number },
): Promise<{ ms: number; scores: number[] }> {
  let scores: number[] = [];
  const ms = await timed(async () => {
    const options = { method, steps, target: { text: target } };
    scores = (await gradients(running.decoder, running.gradients, promptOf(running, ids), options)).scores;
  });
  return { ms, scores };
}
