/** What a tab needs computed. Pure; used by panel/lensPanel.ts. */
import { type Analysis, analysisOf, contracts } from '../../analysis/contracts';
import type { Intent } from '../../analysis/panel';

/** What is in front: on a tab of several sections that of the section. */
function inFront(intent: Intent): Analysis {
  const { section = null } = intent[intent.tab] as { section?: string };
  return analysisOf(intent.tab, section);
}

/** The analysis in front explains a target: the likeliest next token stands beside it, in the text and in the code lens. */
export function explains(tab: Intent['tab']): boolean {
  return contracts[analysisOf(tab, null)].targeted;
}

export function wantedBy(intent: Intent): Analysis[] {
  const analysis = inFront(intent);
  // Without a second prompt there is nothing to patch from.
  return analysis === 'patching' && intent.patching.from === null ? [] : [analysis];
}
