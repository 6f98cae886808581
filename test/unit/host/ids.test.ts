import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { colorIds, commandIds, contextKeys, savedRunEditor, settingIds, viewTypes } from '../../../src/host/ids';

const read = (name: string) => JSON.parse(readFileSync(name, 'utf8'));
const manifest = read('package.json');
const { contributes } = manifest;
const text = JSON.stringify(manifest);

describe('ids and package.json', () => {
  it('name the same commands', () => {
    const contributed = contributes.commands.map((each: { command: string }) => each.command);
    expect(contributed.sort()).toEqual(Object.values(commandIds).sort());
  });

  it('name the same settings', () => {
    expect(Object.keys(contributes.configuration.properties).sort()).toEqual(Object.values(settingIds).sort());
  });

  it('name the same colours', () => {
    const contributed = contributes.colors.map((each: { id: string }) => each.id);
    expect(contributed.sort()).toEqual(Object.values(colorIds).flat().sort());
  });

  it('name no context key, command or view in package.json that the host does not know', () => {
    const known = new Set<string>([
      ...Object.values(commandIds),
      ...Object.values(settingIds),
      ...Object.values(contextKeys),
      ...Object.values(viewTypes),
      savedRunEditor,
      ...contributes.colors.map((each: { id: string }) => each.id),
    ]);
    const named = new Set(text.match(/promptLens\.[a-zA-Z]+(?:\.[a-zA-Z]+)?\d?/g));
    expect([...named].filter((id) => !known.has(id))).toEqual([]);
  });

  it('restores both kinds of panel', () => {
    for (const viewType of Object.values(viewTypes))
      expect(manifest.activationEvents).toContain(`onWebviewPanel:${viewType}`);
  });

  it('opens a saved run by a double click', () => {
    const [editor] = contributes.customEditors;
    expect(editor).toMatchObject({ viewType: savedRunEditor, priority: 'default' });
    expect(editor.selector).toEqual([{ filenamePattern: '*.lens.json' }]);
  });
});

describe('settings', () => {
  const settings: Record<
    string,
    { type: string; default: unknown; scope: string; minimum?: number; maximum?: number }
  > = contributes.configuration.properties;

  it('have limits wherever they are numbers, and a scope', () => {
    for (const [id, { type, minimum, maximum, scope, default: value }] of Object.entries(settings)) {
      expect(scope, id).toBeDefined();
      if (type !== 'integer') continue;
      expect(Number(value), id).toBeGreaterThanOrEqual(Number(minimum));
      expect(Number(value), id).toBeLessThanOrEqual(Number(maximum));
    }
  });

  it('let no workspace choose the model or the hardware', () => {
    expect(settings[settingIds.model].scope).toBe('machine');
    expect(settings[settingIds.provider].scope).toBe('machine');
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    for (const id of [settingIds.model, settingIds.provider, settingIds.precision, settingIds.threads])
      expect(restrictedConfigurations).toContain(id);
  });
});

describe('package.nls', () => {
  const keys = [...new Set([...text.matchAll(/%([a-zA-Z0-9._]+)%/g)].map(([, key]) => key))].sort();

  it.each(['package.nls.json', 'package.nls.zh-cn.json', 'package.nls.zh-tw.json'])(
    '%s has exactly the keys used',
    (name) => {
      expect(Object.keys(read(name)).sort()).toEqual(keys);
    },
  );

  it('translates every sentence', () => {
    const english = read('package.nls.json');
    const same = (name: string) => Object.entries(read(name)).filter(([key, value]) => value === english[key]);
    for (const name of ['package.nls.zh-cn.json', 'package.nls.zh-tw.json'])
      expect(same(name).map(([key]) => key)).toEqual(['displayName']);
  });
});

describe('the walkthrough', () => {
  const [{ steps }] = contributes.walkthroughs;

  it('has six steps, each finished by something the user does, each with its picture', () => {
    expect(steps).toHaveLength(6);
    const pictures = readdirSync('media/walkthrough').map((name) => `media/walkthrough/${name}`);
    for (const { completionEvents, media } of steps) {
      expect(completionEvents.length).toBeGreaterThan(0);
      expect(pictures).toContain(media.svg);
    }
  });

  it('leads to why this answer, and begins where the panel is open already', () => {
    const finished = Object.fromEntries(
      steps.map(({ id, completionEvents }: { id: string; completionEvents: string[] }) => [id, completionEvents]),
    );
    expect(finished.why).toEqual(['onCommand:promptLens.whyThisAnswer']);
    expect(finished.open).toContain('onContext:promptLens.panelOpen');
  });

  it('has pictures without words: they serve every language', () => {
    for (const { media } of steps) {
      const picture = readFileSync(media.svg, 'utf8');
      expect(picture).toContain('--vscode-foreground');
      expect(picture).not.toMatch(/#[0-9a-f]{6}/i);
    }
  });
});
