/** The direction that a probe's file holds, for commands that steer or draw along it. */
import { storedDirection } from '../analysis/probe/contract';
import { isTruthProbe } from '../analysis/truth/contract';
import { clause } from '../protocol/clauses';
import type { ModelInfo } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { Environment } from './environment';
import { readText } from './readPrompt';
import { bundledTruth, type Session } from './runCommand';

/**
 * The direction of a layer probe at its best layer, or of a truth probe (`truth` = the bundled one) at `layer`, null = its middle one.
 * `direction`: [D], the width of the model's states. Throws `probeMalformed`, `probeOtherModel`, `fileUnreadable`, and `outOfRange` for a
 * layer that a truth probe does not have.
 */
export async function probeDirection(
  environment: Environment,
  { engine, model }: Pick<Session, 'engine' | 'model'>,
  path: string,
  layer: number | null,
): Promise<{ layer: number; direction: number[] }> {
  const truth = (probe: string | null) => engine.request('truthDirection', { probe, layer });
  if (path === bundledTruth) return truth(null);
  const stored = await readProbe(environment, path);
  if (isTruthProbe(stored)) return truth(path);
  const own = ownDirection(stored, path, model);
  return { ...own, layer: layer ?? own.layer };
}

async function readProbe(environment: Environment, path: string): Promise<unknown> {
  const text = await readText(environment, path);
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError('probeMalformed', [path, clause('notJson')]);
  }
}

/** A layer probe's direction at its best layer. */
function ownDirection(stored: unknown, path: string, { name, sha256 }: ModelInfo) {
  const found = storedDirection(stored);
  if (!found) throw new ProblemError('probeMalformed', [path, clause('noDirection')]);
  const { modelSha256, best, direction } = found;
  if (modelSha256 !== undefined && modelSha256 !== sha256) throw new ProblemError('probeOtherModel', [path, name]);
  return { layer: best, direction };
}
