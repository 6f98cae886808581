/** Parameters shared by the commands that remove parts of a prompt. */
import type { Given } from '../analysis/options';
import type { occlusionFlags, SaliencyParams } from '../analysis/saliency/contract';

type OcclusionOptions = Omit<Given<ReturnType<typeof occlusionFlags>>, 'target' | 'at' | 'contrast'>;

/** Computes exactly what was asked for, however long it takes. */
export function occlusionParams({ operator, by, scope, replacement, faithfulness }: OcclusionOptions) {
  return {
    operator,
    ...by,
    scope,
    replacement: replacement ?? null,
    curves: faithfulness,
    ...{ steps: null, limits: 'none' },
  } satisfies Partial<SaliencyParams>;
}
