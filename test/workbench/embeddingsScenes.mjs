/** Scenes of the Embeddings tab: a word in four lines, names in groups, a prompt's tokens, Chinese text, states. */

const bank = { tab: 'embeddings', doc: 'bank' };
const names = { tab: 'embeddings', doc: 'names' };
const at = (layer, more = {}) => ({ intent: { embeddings: { layer, ...more } } });

export const scenes = {
  'embeddings-dark-1400': { width: 1400, height: 1180, scene: bank },
  'embeddings-light-520': { theme: 'light', width: 520, height: 1720, scene: bank },
  'embeddings-hc-1400': { theme: 'hc', width: 1400, height: 1180, scene: { ...bank, locked: 8 } },
  'embeddings-hclight-520': { theme: 'hcLight', width: 520, height: 1720, scene: { ...bank, locked: 8 } },
  'embeddings-light-880-table0': { theme: 'light', width: 880, height: 1180, scene: { ...bank, locked: 8, ...at(0) } },
  'embeddings-dark-520-names': { width: 520, height: 1900, scene: names },
  'embeddings-light-1400-names': { theme: 'light', width: 1400, height: 1180, scene: names },
  'embeddings-dark-880-umap': {
    width: 880,
    height: 1180,
    scene: { ...names, embeddings: 'umap', ...at(10, { method: 'umap' }) },
  },
  'embeddings-light-880-tokens': {
    theme: 'light',
    width: 880,
    height: 1180,
    scene: { tab: 'embeddings', doc: 'reviews', locked: 47, ...at(10) },
  },
  'embeddings-dark-880-chinese': { width: 880, height: 1180, scene: { tab: 'embeddings', doc: 'yinhang' } },
  'embeddings-dark-600-axis': {
    width: 600,
    height: 1400,
    // Any direction will do: the names of the axes come from the recording.
    scene: { ...names, ...at(10, { axis: [1] }) },
  },
  'embeddings-dark-880-hover': {
    width: 880,
    height: 900,
    scene: { ...bank, locked: 8 },
    act: async (tab) => {
      await tab.focus('.embed-scatter');
      for (let i = 0; i < 3; i++) await tab.keyboard.press('ArrowRight');
    },
  },
  'embeddings-dark-880-lasso': {
    width: 880,
    height: 900,
    scene: names,
    act: async (tab) => {
      const box = await tab.locator('.embed-scatter').boundingBox();
      const path = [
        [0.1, 0.1],
        [0.5, 0.05],
        [0.5, 0.5],
        [0.1, 0.5],
      ].map(([x, y]) => [box.x + x * box.width, box.y + y * box.height]);
      await tab.mouse.move(...path[0]);
      await tab.mouse.down();
      for (const point of path.slice(1)) await tab.mouse.move(...point, { steps: 5 });
      await tab.mouse.up();
    },
  },
  'embeddings-dark-880-data': { width: 880, height: 700, scene: bank, act: (tab) => tab.click('.foot .link') },
  'embeddings-light-520-failed': {
    theme: 'light',
    width: 520,
    height: 460,
    scene: {
      ...bank,
      views: {
        embeddings: {
          kind: 'failed',
          previous: null,
          problem: {
            code: 'noPoints',
            args: [],
          },
        },
      },
      ...at(null, { at: 'pattern', pattern: 'zebra' }),
    },
  },
  'embeddings-dark-520-table-elsewhere': {
    width: 520,
    height: 420,
    scene: {
      doc: 'names',
      view: {
        kind: 'failed',
        previous: null,
        problem: {
          code: 'tableNotPrompt',
          args: ['names.csv'],
        },
      },
    },
  },
};
