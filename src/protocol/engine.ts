/**
 * What the engine process offers, declared once: the host's supervisor, the CLI and the engine's own handlers derive from it.
 * Every request carries the prompt; the engine recognises the tokens it has already run and computes only what is new, so a
 * restarted engine needs no session state. Tensors are handed out in slices, never whole. Leaf: types only.
 */
import type {
  ExamplesResult,
  HeadMap,
  LensTable,
  LensTableParams,
  PatchingParams,
  PatchingResult,
  SaliencyParams,
  SaliencyResult,
} from './explain';
import type {
  EmbeddedPoint,
  EmbeddingsParams,
  EmbeddingsResult,
  NeighboursResult,
  OpenStatement,
  ProbeParams,
  ProbeResult,
  StoredProbe,
  TruthEvaluation,
  TruthResult,
  TruthStatement,
} from './insides';
import type { ModelInfo, Precision, Prompt, PromptInput, ProviderRequest, RuntimeInfo } from './model';
import type {
  Boundary,
  Candidate,
  ChooseResult,
  GeneratedStep,
  GenerateOptions,
  GenerateResult,
  GradientMethod,
  GradientsResult,
  HeadSummary,
  HeadsResult,
  LensResult,
  OcclusionResult,
  Operator,
  PatchResult,
  ProbabilitiesResult,
  Scope,
  ScoredUnit,
  TargetResult,
  TargetSpec,
  UnitKind,
} from './results';

export interface EngineOptions {
  /** A path, or a name from models/manifest.json; null = the bundled model. */
  model: string | null;
  provider: ProviderRequest;
  precision: Precision;
  /** 0 = one per physical core. */
  threads: number;
  /** Folder for compiled graphs; null = the user's cache folder. */
  cache: string | null;
  /** Gigabytes that all compiled graphs may take together; null = PROMPT_LENS_CACHE_LIMIT, or 20. */
  cacheLimitGb?: number | null;
  /** Compiles and starts the graphs when they are first needed: tokens and descriptions need none. */
  lazy?: boolean;
}

/** What the compiled graphs of a model take on disk, single step included. */
export interface CompiledSize {
  folder: string;
  bytes: number;
  /** For all models together. */
  limitBytes: number;
}

/** `stage` is a key the host translates: opening, compiling, loading, running. */
export interface Progress {
  stage: 'opening' | 'compiling' | 'loading' | 'running';
  done: number;
  total: number;
  unit: 'bytes' | 'tokens' | 'steps';
}

export interface LoadedModel {
  model: ModelInfo;
  runtime: RuntimeInfo;
  compiled: CompiledSize;
  loadMs: number;
}

export interface PromptRequest {
  prompt: PromptInput;
}

/** A result with the prompt it belongs to and what it took. */
export interface Answer<R> {
  prompt: Prompt;
  runMs: number;
  /** Tokens whose states were reused from an earlier run. */
  reused: number;
  result: R;
}

/** What a panel needs to draw the layer × head grid: one picture a head, max-pooled to at most `size` cells a side. */
export interface AttentionOverview {
  /** Cells a side of each thumbnail, min(size, T). */
  size: number;
  /** [L][H][size][size] weights, row-major, queries by keys; position 0 as `sink` asked. */
  thumbnails: Float32Array;
  summaries: HeadSummary[];
  /** Mean weight on position 0 over all heads and queries ≥ 1; null for a single token. */
  sinkMass: number | null;
}

export type SinkMode = 'raw' | 'hide' | 'renormalise';

export interface OcclusionParams extends PromptRequest {
  target: TargetSpec;
  operator: Operator;
  by: UnitKind;
  /** A regular expression, `pattern` or `/pattern/flags`; for `by` = match only. */
  pattern: string | null;
  scope: Scope;
  /** Id that stands in a unit's place under `replace`; null = the token of a single space. */
  replacement: number | null;
  /** Deletion curves cost about as much again as scores by token. */
  faithfulness: boolean;
}

export interface OcclusionProgress extends Progress {
  /** Units whose scores are new. */
  scored: ScoredUnit[];
}

/** A result on its way, with the prompt it belongs to. At most one every 100 ms. */
export interface PartialProgress<R> extends Progress {
  prompt: Prompt;
  partial: R;
}

export interface FollowParams {
  prefix: number[];
  keep: number | null;
  text: string;
}

export interface Followed {
  /** Tokens of the prompt that count. */
  own: number;
  /** Of those and the prefix, how many stay before the text. */
  kept: number;
  boundary: Boundary | null;
  tokens: { id: number; text: string; bytes: string }[];
}

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
