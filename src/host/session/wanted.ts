/** What a tab needs computed. Pure; used by panel/lensPanel.ts. */

import type { LayersIntent } from '../../analysis/logitLens/contract';
import type { Intent } from '../../analysis/panel';
import type { LieIntent } from '../../analysis/truth/contract';
import type { Analysis } from './sessionParts';

const sections: Record<LayersIntent['section'], Analysis> = { lens: 'layers', heads: 'heads', examples: 'examples' };

const lieSections: Record<LieIntent['section'], Analysis> = { statements: 'lie', answer: 'answer', probe: 'probe' };

/** Tabs that explain a target: the likeliest next token stands beside them, in the text and in the code lens. */
export function explains(tab: Intent['tab']): boolean {
  return tab === 'saliency' || tab === 'layers' || tab === 'patching';
}

export function wantedBy({ tab, layers, patching, lie }: Intent): Analysis[] {
  switch (tab) {
    case 'probabilities':
    case 'attention':
    case 'saliency':
    case 'embeddings':
      return [tab];
    case 'layers':
      return [sections[layers.section]];
    case 'patching':
      return patching.from === null ? [] : ['patching'];
    case 'lie':
      return [lieSections[lie.section]];
  }
}
