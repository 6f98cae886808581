/** The truth probe as a direction for steering. Engine only. */
import type { EngineApi } from '../analysis/contracts';
import { steeringLayer } from '../analysis/truth/contract';
import { clause } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';
import { loadProbe } from './probeFile';
import type { TruthGround } from './truthRequests';

type Asked = EngineApi['requests']['truthDirection'];

/**
 * The half of a layer's weights that reads affirmative and negated statements alike; [D], longer where the state must change more.
 * Throws `outOfRange` for a layer that does not exist, and what reading the probe throws.
 */
export async function truthDirection(
  { model: { info }, bundledProbe }: Pick<TruthGround, 'model' | 'bundledProbe'>,
  { probe, layer }: Asked['params'],
): Promise<Asked['result']> {
  const { card, layers } = await loadProbe(probe, bundledProbe, info);
  const chosen = layer ?? steeringLayer(card);
  if (!layers[chosen]) throw new ProblemError('outOfRange', [clause('layer'), 0, info.layers]);
  return { layer: chosen, direction: Array.from(layers[chosen].weights.subarray(0, info.width)) };
}
