/** THE list of analyses. */
import type { EngineOptions, LoadedModel, Prompt, PromptInput } from '../protocol/model';
import type { Answer, PartialProgress, Progress, PromptRequest } from '../protocol/request';
import type { AttentionOverview, SinkMode } from './attention/contract';
import type { ChooseResult } from './choose/contract';
import type { EmbeddedPoint, EmbeddingsParams, EmbeddingsResult, NeighboursResult } from './embeddings/contract';
import type { ExamplesResult } from './examples/contract';
import type { GeneratedStep, GenerateOptions, GenerateResult } from './generate/contract';
import type { HeadMap, HeadsResult } from './heads/contract';
import type { LensResult, LensTable, LensTableParams } from './logitLens/contract';
import type { PatchingParams, PatchingResult, PatchResult } from './patching/contract';
import type { ProbabilitiesResult } from './probabilities/contract';
import type { ProbeParams, ProbeResult } from './probe/contract';
import type {
  GradientMethod,
  GradientsResult,
  OcclusionParams,
  OcclusionProgress,
  OcclusionResult,
  SaliencyParams,
  SaliencyResult,
} from './saliency/contract';
import type { Candidate, Followed, FollowParams, TargetResult, TargetSpec } from './shared/contract';
import type { OpenStatement, StoredProbe, TruthEvaluation, TruthResult, TruthStatement } from './truth/contract';

export interface EngineApi {
  requests: {
    load: { params: EngineOptions; result: LoadedModel; progress: Progress };
    /** Tokenises without loading weights into the runtime. */
    tokenize: { params: PromptRequest; result: Prompt };
    /** `end` is the model's end-of-turn token with its log-probability after the last position; null for a model without one. */
    probabilities: {
      params: PromptRequest & {
        top: number /** Candidates after the last position, where more are wanted there. */;
        nextTop?: number;
      };
      result: Answer<ProbabilitiesResult> & { end: Candidate | null };
      progress: Progress;
    };
    /** Progress is each token as it is drawn. */
    generate: {
      params: PromptRequest & { options: GenerateOptions };
      result: Answer<GenerateResult>;
      progress: GeneratedStep;
    };
    choose: {
      params: PromptRequest & { choices: string[]; threshold: number | null };
      result: Answer<ChooseResult>;
      progress: Progress;
    };
    attentionOverview: {
      params: PromptRequest & { size: number; sink: SinkMode };
      result: Answer<AttentionOverview>;
      progress: Progress;
    };
    /** One head's [T, T] matrix, or the element-wise maximum of several with the index of the head that gave it. */
    attentionHeads: {
      params: PromptRequest & { heads: { layer: number; head: number }[] };
      result: Answer<{ weights: Float32Array; winner: Uint8Array | null }>;
    };
    /** Per head [L, H]: weight of query `from` summed over the keys `to`, for "last token → label words" rankings. */
    attentionBetween: {
      params: PromptRequest & { from: number; to: number[] };
      result: Answer<{ weights: Float32Array }>;
    };
    /** Progress hands out scores as they are known; the last part of it is about the deletion curves. */
    occlusion: { params: OcclusionParams; result: Answer<OcclusionResult>; progress: OcclusionProgress };
    /** `steps` are the points of integrated gradients. */
    gradients: {
      params: PromptRequest & { target: TargetSpec; method: GradientMethod; steps: number };
      result: Answer<GradientsResult>;
      progress: Progress;
    };
    /** `position` null = the last before `target`, a text whose first token is followed; null = the likeliest there. */
    lens: {
      params: PromptRequest & { position: number | null; target: string | null; top: number };
      result: Answer<LensResult>;
    };
    /** Progress hands out scores as they are known. */
    heads: {
      params: PromptRequest & { target: TargetSpec };
      result: Answer<HeadsResult>;
      progress: Progress & { scored: { layer: number; head: number; score: number }[] };
    };
    /** `from` is the second prompt, of as many tokens. Progress hands out scores as they are known. */
    patch: {
      params: PromptRequest & { from: PromptInput; target: TargetSpec };
      result: Answer<PatchResult>;
      progress: Progress & { scored: { layer: number; position: number; score: number }[] };
    };
    /** Several methods on the same units, each with its deletion curve: gradients first, then coarse units, then the likeliest culprits. */
    saliency: { params: SaliencyParams; result: Answer<SaliencyResult>; progress: PartialProgress<SaliencyResult> };
    /** The logit lens at many positions. */
    lensTable: {
      params: PromptRequest & { target: TargetSpec } & LensTableParams;
      /** The target's first token and the contrast's come before the ids asked for in `follow`. */
      result: Answer<LensTable & { target: TargetResult }>;
      progress: Progress;
    };
    headMap: {
      params: PromptRequest & { target: TargetSpec };
      result: Answer<HeadMap>;
      progress: PartialProgress<HeadMap>;
    };
    examples: {
      params: PromptRequest & { target: TargetSpec };
      result: Answer<ExamplesResult>;
      progress: PartialProgress<ExamplesResult>;
    };
    /** Prompts of different length are answered with their alignment and no map. */
    patching: { params: PatchingParams; result: Answer<PatchingResult>; progress: PartialProgress<PatchingResult> };
    embeddings: { params: EmbeddingsParams; result: { runMs: number; result: EmbeddingsResult }; progress: Progress };
    /** Nearest to one of the points by cosine similarity, in the full space. */
    neighbours: {
      params: EmbeddingsParams & { point: Pick<EmbeddedPoint, 'source' | 'position'>; layer: number; count: number };
      result: NeighboursResult;
      progress: Progress;
    };
    /** Linear probes on the states of each text's last token, layer by layer, with their controls. */
    probe: { params: ProbeParams; result: { runMs: number; result: ProbeResult }; progress: Progress };
    /** `probe`: a file; null = the one that came with the model. Progress hands out the statements judged so far. */
    truth: {
      params: { statements: { text: string; source: [number, number] | null }[]; probe: string | null };
      result: { runMs: number; result: TruthResult };
      progress: Progress & { partial: TruthResult };
    };
    /** Of the truth probe at one layer (null = the middle one of those it reads): toward what looks true; [D]. */
    truthDirection: {
      params: { probe: string | null; layer: number | null };
      result: { layer: number; direction: number[] };
    };
    /** `open`: statements for the model to end itself, so that the probe is judged on its own answers, too. */
    trainTruth: {
      params: {
        statements: TruthStatement[];
        frozen: TruthStatement[] | null;
        open: OpenStatement[] | null;
        seed: number;
      };
      result: { runMs: number; probe: StoredProbe };
      progress: Progress;
    };
    /** A probe on statements with known labels: how often it is right on them. */
    evaluateTruth: {
      params: { statements: TruthStatement[]; probe: string | null };
      result: TruthEvaluation & { runMs: number };
      progress: Progress;
    };
    /** Token of each id or ids of a text, for look-ups. */
    /** A text that follows the prompt and the ids in `prefix`, cut together with them; `keep`: of the prompt, as with generate. */
    follow: { params: PromptRequest & FollowParams; result: Followed };
    vocabulary: { params: { ids: number[] } | { text: string }; result: { id: number; text: string; bytes: string }[] };
    /** The folder of compiled graphs; `clear` frees what no process is writing. Needs no model; a running engine goes on. */
    compiledGraphs: {
      params: { folder: string | null; limitGb: number | null; clear: boolean };
      result: { folder: string; bytes: number; freedBytes: number; limitBytes: number };
    };
    /** Raw tensors to a safetensors file. */
    save: {
      params: PromptRequest & { path: string; tensors: ('hidden' | 'attention' | 'logits')[] };
      result: { path: string; bytes: number };
      progress: Progress;
    };
  };
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
