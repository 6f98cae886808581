/** Scenes of the Attention tab: themes and widths, several heads, an answer that fails, the table twin. */

const negative = { tab: 'attention', locked: 39, layer: 20, head: 5, sink: 'hide' };
const several = { ...negative, heads: [20, 18, 17].map((layer, i) => ({ layer, head: [6, 6, 5][i] })) };

export const scenes = {
  'attention-dark-520': { width: 520, height: 1480, scene: negative },
  'attention-light-880': { theme: 'light', width: 880, height: 1000, scene: negative },
  'attention-light-1400': {
    theme: 'light',
    width: 1400,
    height: 1160,
    scene: { ...negative, headOrder: 'strongest' },
  },
  'attention-hc-880': { theme: 'hc', width: 880, height: 1000, scene: negative },
  'attention-hclight-880': { theme: 'hcLight', width: 880, height: 1000, scene: negative },
  'attention-dark-raw': { width: 880, height: 1000, scene: { tab: 'attention', headSort: 'induction' } },
  'attention-dark-several': { width: 880, height: 1000, scene: several },
  'attention-hclight-several': { theme: 'hcLight', width: 520, height: 1600, scene: several },
  'attention-dark-renormalised': {
    width: 880,
    height: 1000,
    scene: { ...several, sink: 'renormalise' },
    act: async (tab) => {
      const cells = tab.locator('.attention-matrix canvas');
      const { width, height } = await cells.boundingBox();
      await cells.hover({ position: { x: (width * 15.5) / 57, y: (height * 39.5) / 57 } });
    },
  },
  'attention-dark-failed': { width: 880, height: 1000, scene: { ...negative, failHeads: true } },
  'attention-light-table': {
    theme: 'light',
    width: 880,
    height: 900,
    scene: negative,
    act: (tab) => tab.click('.foot .link'),
  },
};
