/**
 * Restores the intent that a page saved before a reload: older versions lack fields, and the storage may hold anything. A field whose value
 * its option does not allow gets its initial value. Pure.
 */
import * as v from 'valibot';
import { type Tab, type TabValues, tabOptions, tabs } from '../../analysis/contracts';
import { fieldsOf, type Options, restoredValues } from '../../analysis/options';
import type { Intent } from '../../analysis/panel';
import type { TargetSpec } from '../../analysis/shared/contract';

/** `initial` fills what `saved` lacks; null when no usable intent was saved. */
export function restoredIntent(saved: unknown, initial: Intent): Intent | null {
  const fields = fieldsOf(saved);
  if (fields.version !== 1) return null;
  // Earlier versions stored the fields of the first two tabs at the top level.
  const restored = (tab: Tab) =>
    restoredValues(tabOptions[tab] as Options, tab in fields ? fields[tab] : fields, initial[tab]);
  return {
    ...(Object.fromEntries(tabs.map((tab) => [tab, restored(tab)])) as unknown as TabValues),
    version: 1,
    tab: tabs.find((tab) => tab === fields.tab) ?? initial.tab,
    target: targetOf(fields.target),
    continueLast: fields.continueLast === true,
  };
}

/** The span is left out: the text may have changed meanwhile, and positions alone could then point at other words. */
function targetOf(saved: unknown): TargetSpec {
  const { text, contrast } = v.parse(savedTarget, fieldsOf(saved));
  return { ...(text === undefined ? {} : { text }), ...(contrast === undefined ? {} : { contrast }) };
}

/** Only a text that is not empty counts as saved. */
const savedText = v.fallback(v.optional(v.pipe(v.string(), v.nonEmpty())), undefined);
const savedTarget = v.object({ text: savedText, contrast: savedText });
