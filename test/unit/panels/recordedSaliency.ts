/** Recorded saliency results as the state of the page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PanelState } from '../../../src/analysis/panel';
import type { SaliencyData } from '../../../src/analysis/saliency/contract';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';

export const read = (name: string) =>
  JSON.parse(readFileSync(join(__dirname, `../../fixtures/panel/${name}.json`), 'utf8'));
export const recorded = (name: string): SaliencyData => ({
  prompt: read(name).prompt,
  result: read(`${name}.saliency`).result,
});

export const ready = (data: SaliencyData): PanelState => ({
  ...initialState({ ...initialIntent, tab: 'saliency' }, false),
  title: 'reviews.txt',
  saliency: { kind: 'ready', data, runMs: 1, at: 0 },
});
