/** The saved run of what a panel shows, and the state of a panel that shows a saved run. Pure. */
import { type Analysis, analysisNames } from '../../analysis/contracts';
import type { PanelState, Provenance } from '../../analysis/panel';
import { baseName, type RecordedAnswer, type SavedRun, savedResults } from '../../client/savedRun';
import { ProblemError } from '../../protocol/problem';
import type { ViewState } from '../../protocol/view';
import { initialIntent, initialState } from '../session/panelDefaults';
import { restoredIntent } from '../session/restoredIntent';
import { translateProblem } from '../translate';

export function runOfState(
  state: PanelState,
  answers: RecordedAnswer[],
  provenance: (analysis: Analysis) => Provenance,
  now: Date,
): SavedRun {
  const results = savedResults(state);
  const { model, intent } = state;
  const { probe } = intent.lie;
  return {
    saved: now.toISOString(),
    text: { name: state.title ?? '', content: state.text },
    model: model && { ...model, path: baseName(model.path) },
    runtime: state.runtime,
    intent: { ...intent, lie: { ...intent.lie, probe: probe && baseName(probe) } },
    selection: { locked: state.selection.locked, layer: state.selection.layer, head: state.selection.head },
    results,
    baseline: state.baseline,
    continuations: { ...state.continuations, running: false },
    provenance: Object.fromEntries(
      (Object.keys(results) as Analysis[]).map((analysis) => [analysis, provenance(analysis)]),
    ),
    answers,
  };
}

/** `moved`: whether the text has changed since. */
export function stateOfRun(run: SavedRun, moved: boolean): PanelState {
  const intent = restoredIntent(run.intent, initialIntent) ?? initialIntent;
  const span = (run.intent as Partial<PanelState['intent']>).target?.span;
  const none: ViewState<never> = {
    kind: 'failed',
    problem: translateProblem(new ProblemError('recordedOnly').problem),
    previous: null,
  };
  const at = Date.parse(run.saved);
  const results = analysisNames.map((name) => {
    const data = run.results[name];
    return [name, data ? { kind: 'ready', data, runMs: 0, at } : none];
  });
  const empty = initialState(intent, false);
  return {
    ...empty,
    ...Object.fromEntries(results),
    title: run.text.name,
    file: { name: run.text.name, folder: '', reading: '' },
    text: run.text.content,
    model: run.model,
    runtime: run.runtime as PanelState['runtime'],
    intent: isSpan(span) ? { ...intent, target: { ...intent.target, span } } : intent,
    selection: { ...empty.selection, ...run.selection },
    baseline: isBaseline(run.baseline) ? run.baseline : null,
    continuations: isContinuations(run.continuations)
      ? { ...run.continuations, running: false, problem: null }
      : empty.continuations,
    recorded: { saved: run.saved, moved },
  };
}

const isSpan = (span: unknown): span is [number, number] =>
  Array.isArray(span) && span.length === 2 && span.every((each) => Number.isInteger(each) && each >= 0);

const isBaseline = (value: unknown): value is PanelState['baseline'] =>
  value !== null && typeof value === 'object' && 'name' in value && 'logprob' in value && 'places' in value;

const isContinuations = (value: unknown): value is PanelState['continuations'] =>
  value !== null && typeof value === 'object' && 'rows' in value && Array.isArray(value.rows);
