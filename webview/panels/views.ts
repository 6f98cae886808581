/** The view of each tab. */
import type { Tab } from '../../src/analysis/contracts';
import type { CreateView } from '../base/view';
import { createAttentionView } from './attention/view';
import { createEmbeddingsView } from './embeddings/view';
import { createLayersView } from './layers/view';
import { createLieView } from './lie/view';
import { createPatchingView } from './patching/view';
import { createProbabilitiesView } from './probabilities/view';
import { createSaliencyView } from './saliency/view';

export const views: Readonly<Record<Tab, CreateView>> = {
  probabilities: createProbabilitiesView,
  attention: createAttentionView,
  layers: createLayersView,
  saliency: createSaliencyView,
  patching: createPatchingView,
  lie: createLieView,
  embeddings: createEmbeddingsView,
};
