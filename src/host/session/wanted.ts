/** The analyses that a tab needs. Pure. */
import { type Analysis, analysisNames, analysisOf, contracts } from '../../analysis/contracts';
import type { Declaration } from '../../analysis/declare';
import type { Options, Values } from '../../analysis/options';
import type { Intent } from '../../analysis/panel';

/** Whether the analysis in front explains a target: the likeliest next token is then shown beside it, in the text and in the code lens. */
export function explains(tab: Intent['tab']): boolean {
  return contracts[analysisOf(tab, null)].targeted;
}

/** The tab's own analyses and that of the section in front; an analysis that waits for a choice is included once the choice is made. */
export function wantedBy(intent: Intent): Analysis[] {
  const values = intent[intent.tab] as Values<Options> & { section?: string };
  return analysisNames.filter((name) => {
    const { tab, section, wanted } = contracts[name] as Declaration<unknown, string, string | null, Options>;
    const inFront = tab === intent.tab && (section === null || section === values.section);
    return inFront && (wanted?.(values) ?? true);
  });
}
