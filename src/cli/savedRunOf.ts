/** The saved run of one command: the result as the tab of its analysis shows it, opened in the panel without the model. */
import { basename } from 'node:path';
import { type Analysis, contracts, type DataOf, tabOptions, tabs } from '../analysis/contracts';
import { initialValues, type Options } from '../analysis/options';
import type { Provenance } from '../analysis/panel';
import type { SavedRun } from '../client/savedRun';
import type { LoadedModel, PromptInput } from '../protocol/model';
import { reportedRuntime } from '../protocol/reportedRuntime';
import { targetSpec } from './targetOptions';

/** The data of one tab. */
export type Shown = { [A in Analysis]: { analysis: A; data: DataOf[A] } }[Analysis];

export function savedRunOf(
  { model, runtime }: LoadedModel,
  { analysis, data }: Shown,
  provenance: Provenance,
  options: object,
  input: PromptInput | null,
): SavedRun {
  const file = data.prompt.file === null ? null : basename(data.prompt.file);
  const { tab, section } = contracts[analysis];
  const values = Object.fromEntries(tabs.map((each) => [each, initialValues(tabOptions[each] as Options)]));
  const front = { ...values[tab], ...(section === null ? {} : { section }) };
  return {
    saved: provenance.date,
    text: { name: file ?? 'prompt', content: input?.kind === 'raw' ? input.text : null },
    model: { ...model, path: basename(model.path) },
    runtime: { ...reportedRuntime(runtime), why: null },
    intent: { ...values, [tab]: front, version: 1, tab, target: targetSpec(options), continueLast: false },
    selection: { locked: null, layer: null, head: null },
    results: { [analysis]: data },
    baseline: null,
    continuations: null,
    provenance: { [analysis]: provenance },
    answers: [],
  };
}
