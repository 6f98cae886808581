import { expect, test } from 'vitest';
import type { Intent } from '../../../src/analysis/panel';
import { initialIntent } from '../../../src/host/session/panelDefaults';
import { changedKeys } from '../../../src/host/session/shownState';

test('a page is told what changed of the intent, so that what it chose meanwhile stays', () => {
  const told: Intent = { ...initialIntent, target: { text: ' The' } };
  const plot = { ...initialIntent.embeddings, layer: 3 };
  const change = changedKeys(told, { ...told, embeddings: plot, saliency: { ...told.saliency } });
  expect(change).toEqual({ embeddings: plot });
  const inPage = { ...told, target: { text: ' negative' }, ...change };
  expect(inPage.target).toEqual({ text: ' negative' });
  expect(changedKeys(told, { ...told, target: {} })).toEqual({ target: {} });
  expect(changedKeys(told, told)).toEqual({});
});
