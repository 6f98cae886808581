/**
 * host ↔ page. The host owns all state and pushes it; the page draws it and asks in imperatives. Persisted intent (tab,
 * selection, switches) goes through `setIntent`; facts are fetched again after a reload. Leaf: types only.
 */
import type { AttentionOverview, EngineApi, Progress, SinkMode } from './engine';
import type {
  ExamplesResult,
  HeadMap,
  LensTable,
  LensTableParams,
  PatchingResult,
  SaliencyMethod,
  SaliencyResult,
} from './explain';
import type { ModelInfo, Prompt, RuntimeInfo } from './model';
import type { Problem } from './problem';
import type {
  Candidate,
  GeneratedToken,
  GenerateOptions,
  GenerateResult,
  HeadSummary,
  Operator,
  ProbabilitiesResult,
  Scope,
  TargetResult,
  TargetSpec,
  UnitKind,
} from './results';

export type Tab = 'probabilities' | 'attention' | 'saliency' | 'layers' | 'patching' | 'embeddings' | 'lie';

/** Each is drawn: no blank page, ever. */
export type ViewState<T> =
  | { kind: 'empty' }
  | { kind: 'loadingModel'; progress: Progress | null; elapsedMs: number }
  | { kind: 'running'; previous: T | null; progress: Progress | null; elapsedMs: number }
  | { kind: 'ready'; data: T; runMs: number; at: number }
  | { kind: 'failed'; problem: Problem; previous: T | null }
  /** The text changed: tokens before `exactTokens` still hold. */
  | { kind: 'stale'; data: T; exactTokens: number };

export interface ProbabilitiesData {
  prompt: Prompt;
  result: ProbabilitiesResult;
  /** The end-of-turn token after the last position: the pinned bar P(end); null for a model without one. */
  end: Candidate | null;
}

export interface AttentionData {
  prompt: Prompt;
  overview: AttentionOverview;
}

export interface SaliencyData {
  prompt: Prompt;
  result: SaliencyResult;
}

/** The last positions' columns; others are asked for as slices (`lensTable`). */
export interface LayersData {
  prompt: Prompt;
  target: TargetResult;
  table: LensTable;
}

export interface HeadsData {
  prompt: Prompt;
  result: HeadMap;
}

export interface ExamplesData {
  prompt: Prompt;
  result: ExamplesResult;
}

export interface PatchingData {
  prompt: Prompt;
  result: PatchingResult;
}

/** One selection for panel and editor. A hover never changes what is locked. */
export interface Selection {
  /** Token position. */
  locked: number | null;
  hover: number | null;
  layer: number | null;
  head: number | null;
}

export interface Intent {
  version: 1;
  tab: Tab;
  tint: 'surprisal' | 'rank';
  sink: SinkMode;
  headSort: string;
  headOrder: 'number' | 'strongest';
  /** Chosen heads beyond the main one, drawn together as their maximum. */
  heads: { layer: number; head: number }[];
  sampling: Pick<GenerateOptions, 'temperature' | 'topK' | 'topP' | 'seed'>;
  gamma: number;
  /** What every explanation explains; {} = the likeliest next token. */
  target: TargetSpec;
  saliency: SaliencyIntent;
  layers: LayersIntent;
  patching: PatchingIntent;
}

export interface SaliencyIntent {
  by: UnitKind;
  operator: Operator;
  scope: Scope;
  /** For `by` = match. */
  pattern: string;
  methods: SaliencyMethod[];
  /** bars = staves under the lines; heat = signed tint; underline = signed rules. */
  style: 'bars' | 'heat' | 'underline';
  /** Share of the largest score at which a bar or tint is full, 0.05 … 1. */
  range: number;
  /** The first method's scores are shown in the editor too. */
  inEditor: boolean;
}

export interface LayersIntent {
  section: 'lens' | 'heads' | 'examples';
  cell: 'top' | 'entropy' | 'change';
  /** Tokens whose line is drawn beside the target's. */
  pins: { id: number; text: string }[];
  /** What the layer x head map shows. */
  map: 'knockout' | 'attentionGradient' | keyof Pick<HeadSummary, 'induction' | 'previousToken' | 'sinkMass'>;
}

export interface PatchingIntent {
  /** The second prompt: the file's text, changed. Null = not chosen yet. */
  from: string | null;
  map: 'residual' | 'heads';
}

export interface Baseline {
  name: string;
  prompt: Prompt;
  result: ProbabilitiesResult;
}

export interface PanelState {
  /** File name shown in the header, null when no prompt is open. */
  title: string | null;
  /** The file's own text, before any template; null when no prompt is open. */
  text: string | null;
  model: ModelInfo | null;
  runtime: RuntimeInfo | null;
  intent: Intent;
  selection: Selection;
  baseline: Baseline | null;
  probabilities: ViewState<ProbabilitiesData>;
  attention: ViewState<AttentionData>;
  saliency: ViewState<SaliencyData>;
  layers: ViewState<LayersData>;
  heads: ViewState<HeadsData>;
  examples: ViewState<ExamplesData>;
  patching: ViewState<PatchingData>;
  live: boolean;
}

/** Actions a page may ask the host for; each is a command, so that the palette and the page do the same. */
export type PanelAction =
  | 'openExample'
  | 'explainSelection'
  | 'run'
  | 'cancel'
  | 'restartEngine'
  | 'showLog'
  | 'openSettings'
  | 'pinBaseline'
  | 'clearBaseline'
  | 'tearOff'
  | 'chooseModel'
  | 'copyCommandLine'
  /** Asks for a target in the editor's own input. */
  | 'askTarget'
  /** The text selected in the editor becomes the target. */
  | 'targetFromSelection'
  | 'clearTarget'
  | 'toggleSaliencyInEditor'
  /** Another file's text becomes the second prompt. */
  | 'choosePatchFile';

/** The host's side: the requests it answers and the facts it tells. */
export interface PanelHostApi {
  requests: {
    ready: {
      params: { intent: Intent | null };
      result: { state: PanelState; strings: Record<string, string>; language: string };
    };
    attentionHeads: {
      params: { heads: { layer: number; head: number }[] };
      result: { weights: ArrayBuffer; winner: ArrayBuffer | null; tokens: number };
    };
    /** [L, H] summed weight from one query to some keys. */
    attentionBetween: { params: { from: number; to: number[] }; result: { weights: ArrayBuffer } };
    /** The logit lens at other positions, or following other tokens. */
    lensTable: { params: LensTableParams; result: LensTable };
    generate: { params: { options: GenerateOptions }; result: GenerateResult; progress: GeneratedToken };
    /** Typed text as tokens (to force it), or tokens as bytes (to draw a character that several tokens share); as the engine's. */
    vocabulary: {
      params: EngineApi['requests']['vocabulary']['params'];
      result: EngineApi['requests']['vocabulary']['result'];
    };
    action: { params: { action: PanelAction }; result: null };
    /** Lets the user choose a file; `content` is the finished text, or base64 for png. */
    export: {
      params: { suggestedName: string; format: 'svg' | 'png' | 'csv' | 'json' | 'html'; content: string };
      result: { saved: boolean };
    };
  };
  notifications: {
    /** Only the keys that changed. */
    didChangeState: Partial<PanelState>;
    didChangeTheme: null;
    /** The command "Generate Next Tokens" ran: start a continuation as the page's own button does. */
    didAskToGenerate: null;
  };
}

/** The page's side: what it tells the host. */
export interface PanelPageApi {
  requests: Record<never, never>;
  notifications: {
    setIntent: Intent;
    select: Selection;
    /** Show this token in the editor (scroll and select). */
    revealToken: { position: number };
  };
}
