/** What a panel starts with before anybody has touched it. Used by the session and by tests. */
import type { Intent, PanelState } from '../../analysis/panel';
import type { Selection } from '../../protocol/view';

export const nothingSelected: Selection = { locked: null, hover: null, layer: null, head: null };

export const nothingComputed = {
  probabilities: { kind: 'empty' },
  attention: { kind: 'empty' },
  saliency: { kind: 'empty' },
  layers: { kind: 'empty' },
  heads: { kind: 'empty' },
  examples: { kind: 'empty' },
  patching: { kind: 'empty' },
  embeddings: { kind: 'empty' },
  lie: { kind: 'empty' },
  answer: { kind: 'empty' },
  probe: { kind: 'empty' },
} as const satisfies Partial<PanelState>;

/** What is plotted, as long as nobody has chosen: it fits the file. */
export const automaticPlot = {
  source: 'auto',
  at: 'auto',
  pattern: '',
  template: null,
  groupBy: null,
  marks: [],
} satisfies Partial<Intent['embeddings']>;

/** The text to steer and the layer fit the probe. */
export const automaticSteering = { text: '', layer: null } satisfies Partial<Intent['lie']['steer']>;

export const initialIntent: Intent = {
  version: 1,
  tab: 'probabilities',
  tint: 'surprisal',
  sink: 'raw',
  headSort: 'none',
  headOrder: 'number',
  heads: [],
  sampling: { temperature: 0, topK: 0, topP: 1, seed: 1 },
  gamma: 0.5,
  target: {},
  continueLast: false,
  saliency: {
    by: 'word',
    operator: 'knockout',
    scope: 'user',
    pattern: '',
    methods: ['occlusion', 'input', 'integrated', 'attention'],
    style: 'bars',
    range: 0.6,
    inEditor: false,
  },
  layers: { section: 'lens', cell: 'top', pins: [], map: 'knockout' },
  patching: { from: null, map: 'residual' },
  embeddings: {
    ...automaticPlot,
    method: 'pca',
    basis: 'own',
    basisLayer: 0,
    leaveOutMassive: true,
    seed: 1,
    axis: null,
    layer: null,
  },
  lie: {
    section: 'statements',
    probe: null,
    frame: 'plain',
    task: 'auto',
    label: null,
    groupBy: null,
    template: null,
    steer: { ...automaticSteering, strength: -0.3, tokens: 16 },
  },
};

export function initialState(intent: Intent, live: boolean): PanelState {
  return {
    title: null,
    file: null,
    elsewhere: null,
    text: null,
    model: null,
    runtime: null,
    intent,
    selection: nothingSelected,
    baseline: null,
    ...nothingComputed,
    outdated: {},
    live,
  };
}
