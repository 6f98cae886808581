/** Every analysis is drawn in some scene of the page harness, in which a reviewer looks at it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Analysis, analysisNames } from '../../../src/analysis/contracts';
import type { Intent } from '../../../src/analysis/panel';
import { initialIntent } from '../../../src/host/session/panelDefaults';
import { wantedBy } from '../../../src/host/session/wanted';

const workbench = join(__dirname, '../../workbench');

interface Scene {
  scene?: { tab?: Intent['tab']; intent?: Record<string, unknown> };
}

/** The intent of a scene, whose own choices lie over the first ones. */
function intentOf({ tab = 'probabilities', intent = {} }: NonNullable<Scene['scene']>): Intent {
  const over = (plain: unknown, given: unknown): unknown =>
    given !== null && typeof given === 'object' && !Array.isArray(given)
      ? { ...(plain as object), ...mapped(given, (value, key) => over((plain as never)?.[key], value)) }
      : given;
  return over({ ...initialIntent, tab }, intent) as Intent;
}

const mapped = (object: object, change: (value: unknown, key: string) => unknown) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));

async function drawn(): Promise<Set<Analysis>> {
  const files = readdirSync(workbench).filter((name) => name.endsWith('Scenes.mjs'));
  const modules: { scenes: Record<string, Scene> }[] = await Promise.all(
    files.map((name) => import(pathToFileURL(join(workbench, name)).href)),
  );
  const scenes = modules.flatMap((module) => Object.values(module.scenes));
  return new Set(scenes.flatMap(({ scene = {} }) => wantedBy(intentOf(scene))));
}

describe('the page', () => {
  it('has a scene of every analysis', async () => {
    const known = await drawn();
    expect(analysisNames.filter((name) => !known.has(name))).toEqual([]);
  });
});
