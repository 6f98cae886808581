/** Our side of the explanations: it gets the same prompt, target and replacement as the peers. */

import type { GradientMethod, Operator } from '../src/analysis/saliency/contract';
import { occlusion } from '../src/analysis/saliency/occlusion';
import { saliency } from '../src/analysis/saliency/saliency';
import { resolveTarget } from '../src/analysis/shared/target';
import type { RunningModel } from '../src/inference/loadModel';
import type { Prompt } from '../src/protocol/model';
import { timed } from './shared';

interface Explained {
  ids: number[];
  /** A text of one token. */
  target: string;
}

/** Computes nothing but the score of every token. */
const byToken = {
  by: 'token',
  scope: 'all',
  ranges: [],
  operator: 'knockout',
  replacement: 0,
  curves: false,
  warnings: false,
  limits: 'none',
} as const;

function promptOf({ decoder }: RunningModel, ids: readonly number[]): Prompt {
  const at = (t: number) => decoder.decode(ids.slice(0, t)).length;
  const plain = { text: '', bytes: '', source: null, special: false, role: null };
  const tokens = ids.map((id, t) => ({ ...plain, id, start: at(t), end: at(t + 1) }));
  return { file: null, rendered: decoder.decode(ids), tokens };
}

/** Occludes every token by itself; `firstMs` is the time until the first scores are known. */
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
  const { decoder: model, gradients: differentiable } = running;
  const ground = { model, differentiable, prompt: promptOf(running, ids), ids, known: null };
  const ms = await timed(async () => {
    const { methods } = await saliency(ground, { ...byToken, methods: [method], steps, target: { text: target } });
    scores = methods[0].scores as number[];
  });
  return { ms, scores };
}
