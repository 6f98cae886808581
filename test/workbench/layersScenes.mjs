/** Scenes of the Layers tab: each section in themes and widths, its messages while it runs and when it cannot. */

const pins = [
  { id: 2731, text: ' positive' },
  { id: 378, text: ' The' },
  { id: 441, text: ' not' },
];
const layers = (section, more = {}) => ({ tab: 'layers', locked: 56, intent: { layers: { section, ...more } } });
const lens = layers('lens', { pins });

/** The heads as they stand after some passes, when the others are not known yet. */
function silenceSome(tab) {
  return tab.evaluate(() => {
    const { reviews } = Reflect.get(window, 'FIXTURES');
    const { result } = reviews.heads;
    const knockout = result.knockout.map((row, layer) => row.map((value) => (layer > 17 ? value : null)));
    const data = { prompt: reviews.prompt, result: { ...result, knockout, complete: false } };
    const progress = { stage: 'running', done: 108, total: 270, unit: 'steps' };
    Reflect.get(window, 'PUSH')({ heads: { kind: 'running', previous: data, progress, elapsedMs: 1900 } });
  });
}

export const scenes = {
  'layers-dark-520': { width: 520, height: 1230, scene: lens },
  'layers-light-1400': { theme: 'light', width: 1400, height: 1000, scene: lens },
  'layers-hc-880': { theme: 'hc', width: 880, height: 1000, scene: lens },
  'layers-hclight-600': { theme: 'hcLight', width: 600, height: 1100, scene: lens },
  'layers-dark-entropy': { width: 880, height: 900, scene: layers('lens', { pins, cell: 'entropy' }) },
  'layers-light-change': {
    theme: 'light',
    width: 880,
    height: 900,
    scene: { ...layers('lens', { cell: 'change' }), locked: 13 },
    act: (tab) => tab.click('.lens-window button >> nth=1'),
  },
  'layers-dark-row': {
    width: 880,
    height: 1000,
    scene: { ...lens, locked: null, layer: 26 },
    act: (tab) => tab.hover('.lens-table svg', { position: { x: 360, y: 540 } }),
  },
  'layers-dark-chat': { width: 880, height: 1000, scene: { ...layers('lens'), doc: 'chat', locked: null } },
  'layers-light-sentiment': {
    theme: 'light',
    width: 1400,
    height: 1100,
    scene: { ...layers('lens'), doc: 'sentiment', locked: null },
  },
  'layers-light-table': {
    theme: 'light',
    width: 880,
    height: 900,
    scene: lens,
    act: (tab) => tab.click('.foot .link'),
  },
  'layers-heads-dark-1400': { width: 1400, height: 1000, scene: layers('heads') },
  'layers-heads-light-520': {
    theme: 'light',
    width: 520,
    height: 1100,
    scene: { ...layers('heads'), layer: 20, head: 5 },
  },
  'layers-heads-hc-880': { theme: 'hc', width: 880, height: 900, scene: layers('heads') },
  'layers-heads-dark-running': { width: 880, height: 1000, scene: layers('heads'), act: silenceSome },
  'layers-heads-light-induction': {
    theme: 'light',
    width: 880,
    height: 900,
    scene: layers('heads', { map: 'induction' }),
  },
  'layers-heads-hover': {
    width: 880,
    height: 800,
    scene: layers('heads'),
    act: (tab) => tab.hover('.head-map svg', { position: { x: 500, y: 150 } }),
  },
  'layers-examples-dark-1400': { width: 1400, height: 800, scene: layers('examples') },
  'layers-examples-light-520': { theme: 'light', width: 520, height: 1000, scene: layers('examples') },
  'layers-examples-hc-880': { theme: 'hc', width: 880, height: 800, scene: { ...layers('examples'), layer: 20 } },
  'layers-examples-dark-many': {
    width: 880,
    height: 1100,
    scene: { ...layers('examples'), doc: 'tickets', locked: null },
  },
  'layers-examples-none': {
    width: 520,
    height: 600,
    scene: {
      ...layers('examples'),
      views: {
        examples: {
          kind: 'failed',
          previous: null,
          problem: {
            code: 'noExamples',
            args: [],
          },
        },
      },
    },
  },
};
