/** What an analysis or an option needs in the page and what neither the compiler nor another test would miss. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Analysis, analysisNames, tabs } from '../../../src/analysis/contracts';
import type { Intent } from '../../../src/analysis/panel';
import { initialIntent } from '../../../src/host/session/panelDefaults';
import { wantedBy } from '../../../src/host/session/wanted';

const root = join(__dirname, '../../..');
const workbench = join(root, 'test/workbench');

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

/** The names of the options, also of those that belong together in a group. */
const namesIn = (values: object): string[] =>
  Object.entries(values).flatMap(([name, value]) =>
    value !== null && typeof value === 'object' && !Array.isArray(value) ? [name, ...namesIn(value)] : [name],
  );

const files = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

describe('the page', () => {
  it('has scenes of every analysis, in which a reviewer looks at it', async () => {
    const known = await drawn();
    expect(analysisNames.filter((name) => !known.has(name))).toEqual([]);
  });

  it('reads every option of its tabs somewhere: a control, or what a click on a chart chooses', () => {
    const page = files('webview/panels')
      .map((name) => readFileSync(join(root, 'webview/panels', name), 'utf8'))
      .join('\n')
      .replace(/^\s*(?:\/?\*|\/\/).*$/gm, '');
    const unread = tabs
      .flatMap((tab) => namesIn(initialIntent[tab]))
      .filter((name) => !new RegExp(`\\b${name}\\b(?!['’])`).test(page));
    expect(unread).toEqual([]);
  });
});
