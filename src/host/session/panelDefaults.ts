/** The initial state of a panel. */
import { contracts, type TabValues, tabOptions, tabs } from '../../analysis/contracts';
import type { Continuations } from '../../analysis/generate/contract';
import { initialValues, type Options } from '../../analysis/options';
import type { Intent, PanelResults, PanelState } from '../../analysis/panel';
import type { Selection } from '../../protocol/view';

export const nothingSelected: Selection = { locked: null, hover: null, layer: null, head: null };

export const noContinuations: Continuations = { rows: [], current: 0, running: false, problem: null, after: null };

const empty = { kind: 'empty' } as const;
export const nothingComputed = Object.fromEntries(
  Object.keys(contracts).map((analysis) => [analysis, empty]),
) as unknown as PanelResults;

export const initialIntent: Intent = {
  ...(Object.fromEntries(tabs.map((tab) => [tab, initialValues(tabOptions[tab] as Options)])) as unknown as TabValues),
  version: 1,
  tab: 'probabilities',
  target: {},
  continueLast: false,
};

const { source, at, pattern, template, groupBy, marks } = initialIntent.embeddings;
/** While the user has chosen nothing, the plot fits the file. */
export const automaticPlot = { source, at, pattern, template, groupBy, marks };

const { text, layer } = initialIntent.lie.steer;
/** The text to steer and the layer fit the probe. */
export const automaticSteering = { text, layer };

/** The intent with this kind of tint. */
export function tintedAs(tint: Intent['probabilities']['tint'], intent = initialIntent): Intent {
  return { ...intent, probabilities: { ...intent.probabilities, tint } };
}

export function initialState(intent: Intent, live: boolean): PanelState {
  return {
    title: null,
    file: null,
    report: null,
    elsewhere: null,
    text: null,
    model: null,
    runtime: null,
    intent,
    selection: nothingSelected,
    baseline: null,
    continuations: noContinuations,
    typed: {},
    ...nothingComputed,
    outdated: {},
    live,
  };
}
