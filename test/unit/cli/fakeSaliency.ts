/** The answer of the request `saliency`, made from the report that a command prints. */
import type { MethodScores, SaliencyMethod, SaliencyResult } from '../../../src/analysis/saliency/contract';
import type { Unit } from '../../../src/analysis/shared/contract';
import type { GradientsResult } from '../../../src/cli/commands/gradients';
import type { OcclusionResult } from '../../../src/cli/commands/occlusion';
import type { Token } from '../../../src/protocol/model';

const nothing = {
  operator: 'knockout',
  by: 'token',
  scope: 'all',
  unscored: [],
  coarse: null,
  agreement: [[1]],
  warnings: [],
  random: null,
  complete: true,
} satisfies Partial<SaliencyResult>;

export function lane(
  method: SaliencyMethod,
  scores: (number | null)[],
  more: Partial<MethodScores> = {},
): MethodScores {
  return { method, scores, faithfulness: null, completeness: null, refused: null, ...more };
}

export function occlusionAnswer({ target, operator, by, units, faithfulness }: OcclusionResult): SaliencyResult {
  const scores = units.map(({ score }) => score);
  const own = units.map(({ score, ...unit }): Unit => unit);
  return { ...nothing, target, operator, by, units: own, methods: [lane('occlusion', scores, { faithfulness })] };
}

export function gradientsAnswer(tokens: readonly Token[], result: GradientsResult): SaliencyResult {
  const { target, method, scores, completeness } = result;
  const units = tokens.map(({ text, start, end }, t): Unit => ({ text, start, end, tokens: [t, t + 1] }));
  return { ...nothing, target, units, methods: [lane(method, scores, { completeness })] };
}
