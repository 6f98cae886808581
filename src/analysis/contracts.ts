/**
 * THE list of analyses. What the engine answers is put together from their contracts: the host's supervisor, the command line and the
 * engine's own handlers derive from it. Every request carries the prompt; the engine recognises the tokens it has already run and
 * computes only what is new, so a restarted engine needs no session state. Tensors are handed out in slices, never whole.
 */
import type { ModelRequests } from '../protocol/request';
import type { AttentionRequests } from './attention/contract';
import type { ChooseRequests } from './choose/contract';
import type { EmbeddingsRequests } from './embeddings/contract';
import type { ExamplesRequests } from './examples/contract';
import type { GenerateRequests } from './generate/contract';
import type { HeadsRequests } from './heads/contract';
import type { LensRequests } from './logitLens/contract';
import type { PatchingRequests } from './patching/contract';
import type { ProbabilitiesRequests } from './probabilities/contract';
import type { ProbeRequests } from './probe/contract';
import type { SaliencyRequests } from './saliency/contract';
import type { SharedRequests } from './shared/contract';
import type { TruthRequests } from './truth/contract';

/** Everything that is asked about a text. */
export interface AnalysisRequests
  extends ProbabilitiesRequests,
    GenerateRequests,
    ChooseRequests,
    AttentionRequests,
    SaliencyRequests,
    LensRequests,
    HeadsRequests,
    ExamplesRequests,
    PatchingRequests,
    EmbeddingsRequests,
    ProbeRequests,
    TruthRequests,
    SharedRequests {}

export interface EngineApi {
  requests: { [K in keyof (ModelRequests & AnalysisRequests)]: (ModelRequests & AnalysisRequests)[K] };
  notifications: {
    /** One line for the output channel. */
    didLog: string;
  };
}

export interface HostApi {
  requests: Record<never, never>;
  notifications: Record<never, never>;
}

export type Tab = 'probabilities' | 'attention' | 'saliency' | 'layers' | 'patching' | 'embeddings' | 'lie';
