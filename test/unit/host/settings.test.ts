import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settings, settingValues } from '../../../src/host/settingsSchema';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const stated: Record<string, Record<string, unknown>> = manifest.contributes.configuration.properties;

describe('a setting', () => {
  it.each(Object.values(settings))('$id is what the manifest says', ({ id, stated: own }) => {
    const { type, default: initial, minimum, maximum, exclusiveMinimum, enum: members } = stated[id];
    const limits = Object.entries({ type, default: initial, minimum, maximum, exclusiveMinimum, enum: members });
    expect(Object.fromEntries(limits.filter(([, value]) => value !== undefined))).toEqual(own);
  });

  it('of the manifest is read', () => {
    expect(Object.values(settings).map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(stated)));
  });
});

describe('settings.json', () => {
  it('may hold anything', () => {
    const wrong = settingValues(() => ({ nonsense: true }));
    expect(wrong).toMatchObject({ model: null, provider: 'auto', precision: 'exact', threads: 0, live: false });
    expect(wrong).toMatchObject({ liveDelayMs: 50, tintKind: 'surprisal', alternatives: 1, compiledGraphsLimit: null });
  });

  it('is held to the limits', () => {
    const given: Record<string, unknown> = {
      [settings.threads.id]: 1e9,
      [settings.liveDelayMs.id]: 60.4,
      [settings.alternatives.id]: -3,
      [settings.model.id]: '  a.gguf ',
      [settings.compiledGraphsLimit.id]: -1,
    };
    expect(settingValues((id) => given[id])).toMatchObject({
      threads: 256,
      liveDelayMs: 60,
      alternatives: 1,
      model: 'a.gguf',
      compiledGraphsLimit: null,
    });
  });
});
