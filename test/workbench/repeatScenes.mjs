/** Scenes of the section "Does it say the same twice?". */
const intent = { probabilities: { repeat: { asked: true, maxTokens: 24 } } };
const below = async (tab) => {
  await tab.locator('.repeat').scrollIntoViewIfNeeded();
  await tab.evaluate(() => document.querySelector('.repeat')?.scrollIntoView());
};
const running = {
  kind: 'running',
  previous: null,
  elapsedMs: 2300,
  progress: { stage: 'running', done: 70, total: 812, unit: 'tokens' },
};
const cancelled = { code: 'cancelled', args: [] };

export const scenes = {
  'repeat-dark-closed': { width: 880, height: 700, act: below },
  'repeat-dark-1400': { width: 920, height: 900, scene: { doc: 'capital', intent }, act: below },
  'repeat-light-520': { theme: 'light', width: 520, height: 1000, scene: { doc: 'capital', intent }, act: below },
  'repeat-hc-520': { theme: 'hc', width: 520, height: 1000, scene: { doc: 'capital', intent }, act: below },
  'repeat-hclight-1400': {
    theme: 'hcLight',
    width: 1400,
    height: 900,
    scene: { intent },
    act: async (tab) => {
      await below(tab);
      await tab.click('.repeat summary');
      await tab.focus('.repeat .repeat-text');
      await tab.keyboard.press('ArrowRight');
    },
  },
  'repeat-light-running': {
    theme: 'light',
    width: 880,
    height: 500,
    scene: { intent, views: { repeat: running } },
    act: below,
  },
  'repeat-dark-cancelled': {
    width: 520,
    height: 900,
    scene: { intent, views: { repeat: { kind: 'failed', previous: 'data', problem: cancelled } } },
    act: below,
  },
  'repeat-dark-stale': {
    width: 520,
    height: 900,
    scene: { intent, views: { repeat: { kind: 'stale', data: 'data', exactTokens: 3 } } },
    act: below,
  },
};
