/** What a panel starts with before anybody has touched it. Used by the session and by tests. */
import type { Intent, PanelState, Selection } from '../../protocol/panel';

export const nothingSelected: Selection = { locked: null, hover: null, layer: null, head: null };

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
};

export function initialState(intent: Intent, live: boolean): PanelState {
  return {
    title: null,
    model: null,
    runtime: null,
    intent,
    selection: nothingSelected,
    baseline: null,
    probabilities: { kind: 'empty' },
    attention: { kind: 'empty' },
    live,
  };
}
