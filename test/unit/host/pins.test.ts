/** Torn-off panels are remembered by their titles, whatever the storage holds. */
import { expect, it } from 'vitest';
import type { ExtensionContext } from 'vscode';
import { rememberedPin, rememberPin } from '../../../src/host/panel/pins';

function contextWith(stored?: unknown): ExtensionContext {
  let held = stored;
  const workspaceState = {
    get: () => held,
    update: async (_: string, value: unknown) => {
      held = value;
    },
  };
  return { workspaceState } as unknown as ExtensionContext;
}

it('a title gives back its text and range', () => {
  const context = contextWith();
  expect(rememberedPin(context, 'a')).toBeNull();
  rememberPin(context, 'a', { uri: 'file:///a', range: null });
  rememberPin(context, 'b', { uri: 'file:///b', range: [1, 4] });
  expect(rememberedPin(context, 'a')).toEqual({ uri: 'file:///a', range: null });
  expect(rememberedPin(context, 'b')).toEqual({ uri: 'file:///b', range: [1, 4] });
});

it('the last twenty are kept', () => {
  const context = contextWith();
  for (let n = 0; n < 25; n++) rememberPin(context, `title ${n}`, { uri: `file:///${n}`, range: null });
  expect(rememberedPin(context, 'title 4')).toBeNull();
  expect(rememberedPin(context, 'title 5')).not.toBeNull();
});

it('what is no pin is none, and the others stay', () => {
  const kept = { uri: 'file:///a', range: null };
  const context = contextWith({ a: kept, b: { uri: 5, range: null }, c: 'x', d: { uri: 'file:///d', range: [1] } });
  for (const title of ['b', 'c', 'd']) expect(rememberedPin(context, title)).toBeNull();
  expect(rememberedPin(context, 'a')).toEqual(kept);
  for (const stored of [null, 7, 'x', []]) expect(rememberedPin(contextWith(stored), 'a')).toBeNull();
});
