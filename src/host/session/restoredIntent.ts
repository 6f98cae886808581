/**
 * What a page kept from before a reload, as an intent of this version: older versions lack fields, and storage may hold anything.
 * Each field that is not what its option allows is the initial one. Pure; used by panel/lensPanel.ts.
 */
import * as v from 'valibot';
import { type Tab, type TabValues, tabOptions, tabs } from '../../analysis/contracts';
import { fieldsOf, type Options, restoredValues } from '../../analysis/options';
import type { Intent } from '../../analysis/panel';
import type { TargetSpec } from '../../analysis/shared/contract';

/** `initial` fills what `saved` lacks; null when nothing that deserves the name was saved. */
export function restoredIntent(saved: unknown, initial: Intent): Intent | null {
  const fields = fieldsOf(saved);
  if (fields.version !== 1) return null;
  // Earlier versions kept what belongs to the first two tabs beside the tabs.
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

/** Without a span: the text may have changed while nobody looked, and positions alone would then point at other words. */
function targetOf(saved: unknown): TargetSpec {
  const { text, contrast } = v.parse(savedTarget, fieldsOf(saved));
  return { ...(text === undefined ? {} : { text }), ...(contrast === undefined ? {} : { contrast }) };
}

/** Anything but a text that holds something was not saved. */
const savedText = v.fallback(v.optional(v.pipe(v.string(), v.nonEmpty())), undefined);
const savedTarget = v.object({ text: savedText, contrast: savedText });
