/** Scenes of the Patching tab: the form, two recorded pairs, partial results, prompts of different length. */
import { readFileSync } from 'node:fs';

const recorded = (name) =>
  JSON.parse(readFileSync(new URL(`../fixtures/panel/${name}.json`, import.meta.url), 'utf8')).result;

const pair = recorded('reviews.patching');
const reviews = { tab: 'patching', intent: { patching: { from: pair.from.rendered } } };
const italy = 'The capital of Italy is';
const capital = { tab: 'patching', doc: 'capital', intent: { patching: { from: italy } } };

/** The first `known` exact values, row by row; the others are only previews. */
function partial(known) {
  const { map } = pair;
  const residual = map.residual.map((row, l) => row.map((value, t) => (l * row.length + t < known ? value : null)));
  const heads = map.heads.map((row) => row.map(() => null));
  return { ...pair, map: { ...map, residual, heads, complete: false } };
}

const prompt = JSON.parse(readFileSync(new URL('../fixtures/panel/reviews.json', import.meta.url), 'utf8')).prompt;
const data = (result) => ({ prompt, result });
const progress = { stage: 'running', done: 800, total: 1767, unit: 'steps' };
const form = { tab: 'patching', doc: 'capital', views: { patching: { kind: 'empty' } } };

export const scenes = {
  'patching-dark-520-form': { width: 520, height: 460, scene: form },
  'patching-light-880-typed': {
    theme: 'light',
    width: 880,
    height: 460,
    scene: form,
    act: async (tab) => {
      await tab.fill('.patch-area', italy);
      await tab.waitForTimeout(300);
    },
  },
  'patching-dark-1400': { width: 1400, height: 900, scene: { ...reviews, locked: 47, layer: 12 } },
  'patching-light-520': { theme: 'light', width: 520, height: 1230, scene: reviews },
  'patching-hc-880': { theme: 'hc', width: 880, height: 1000, scene: { ...reviews, locked: 56, layer: 20 } },
  'patching-light-360': { theme: 'light', width: 360, height: 1230, scene: reviews },
  'patching-dark-880-capital': {
    width: 880,
    height: 900,
    scene: capital,
    act: async (tab) => {
      await tab.focus('.patch-map');
      await tab.keyboard.press('ArrowRight');
      for (let i = 0; i < 12; i++) await tab.keyboard.press('ArrowDown');
    },
  },
  'patching-dark-880-heads': {
    width: 880,
    height: 700,
    scene: { ...reviews, layer: 20, head: 5, intent: { patching: { from: pair.from.rendered, map: 'heads' } } },
  },
  'patching-hclight-520-heads': {
    theme: 'hcLight',
    width: 520,
    height: 900,
    scene: { ...capital, intent: { patching: { from: italy, map: 'heads' } } },
  },
  'patching-dark-880-partial': {
    width: 880,
    height: 1000,
    scene: {
      ...reviews,
      views: { patching: { kind: 'running', previous: data(partial(800)), progress, elapsedMs: 5200 } },
    },
  },
  'patching-light-520-cancelled': {
    theme: 'light',
    width: 520,
    height: 1100,
    scene: {
      ...reviews,
      views: {
        patching: {
          kind: 'failed',
          previous: data(partial(500)),
          problem: { code: 'cancelled', args: [] },
        },
      },
    },
  },
  'patching-dark-520-lengths': {
    width: 520,
    height: 900,
    scene: {
      ...reviews,
      views: { patching: { kind: 'ready', data: data(recorded('reviews.unequal')), runMs: 90, at: 0 } },
      intent: { patching: { from: recorded('reviews.unequal').from.rendered } },
    },
  },
  'patching-dark-880-table': {
    width: 880,
    height: 600,
    scene: reviews,
    act: (tab) => tab.click('.foot .link'),
  },
};
