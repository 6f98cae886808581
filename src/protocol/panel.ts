/**
 * What a panel shows: the host owns all of it and pushes it, the page draws it. The questions and facts between the two are in
 * panelApi.ts. Leaf: types only.
 */
import type { AttentionOverview, Progress, SinkMode } from './engine';
import type { ExamplesResult, HeadMap, LensTable, PatchingResult, SaliencyMethod, SaliencyResult } from './explain';
import type {
  EmbeddingsResult,
  PointsAt,
  ProbeParams,
  ProbeResult,
  ProbeTask,
  ProjectionMethod,
  TruthResult,
} from './insides';
import type { ModelInfo, Prompt, RuntimeInfo } from './model';
import type { Problem } from './problem';
import type {
  Candidate,
  GenerateOptions,
  HeadSummary,
  Operator,
  ProbabilitiesResult,
  Scope,
  TargetResult,
  TargetSpec,
  UnitKind,
} from './results';
import type { TableReading } from './tableReading';

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

/** Statements judged by the truth probe, in the order of the text. `prompt` has no tokens where the text is too long to show them. */
export interface LieData {
  prompt: Prompt;
  /** What the statements are: a text's sentences, a table's rows, the model's own answer. */
  from: 'sentences' | 'rows' | 'answer';
  result: TruthResult;
  /** [N] the table's own label of each statement, judged or not yet; null without one. */
  labels: (boolean | null)[];
  /** Statements found; more than `labels` where the limit cut them off. */
  found: number;
  /** Questions of the text, which are neither true nor false. */
  questions: number;
  /** Of the judged statements, those that the probe was trained on: for them a right verdict proves nothing. */
  training: number;
  /** File name of the probe; null = the one that came with the model. */
  probe: string | null;
  answer: ModelAnswer | null;
  /** Of a table. */
  reading?: TableReading;
}

export interface ModelAnswer {
  /** What the model wrote. */
  text: string;
  /** Mean log-probability of its tokens as they were drawn. */
  logprob: number;
  /** [N] the same for each judged statement. */
  statements: number[];
  /** chat = the text was put to the model as a message; completed = the text's own last words begin the first statement. */
  how: 'chat' | 'completed';
  finish: 'stop' | 'length';
}

export interface ProbeData {
  prompt: Prompt;
  result: ProbeResult;
  /** The first row's text. */
  example: string;
  /** Names of the columns that hold the labels and what is held out together, of all of the table's, in lower case. */
  labelColumn: string;
  groupColumn: string | null;
  columns: string[];
  /** The template that the texts were put into; '' = none. */
  template: string;
  /** Classes by their number of rows; empty for numbers. */
  classes: { label: string; rows: number }[];
  reading: TableReading;
}

/** What is plotted, once automatic choices are made. */
export interface EmbeddingsPlan {
  source: EmbeddingsSource;
  at: PointsAt['kind'];
  /** For `at` = pattern; as it was typed or found. */
  pattern: string;
  /** '' = the texts as they stand. */
  template: string;
  /** Column that decides the groups; null without. */
  groupBy: string | null;
  /** Of a table. */
  columns: string[];
  reading?: TableReading;
}

export interface EmbeddingsData {
  /** The file in front, as one text: the selection counts in its tokens. */
  prompt: Prompt;
  plan: EmbeddingsPlan;
  /** What `source` of a point indexes: a line or a cell (cut if long), or a file's name; its number of tokens. */
  texts: { label: string; tokens: number }[];
  /** [points] token of `prompt` that a point is; null for one that is not in the file (a template's, another file's). */
  places: (number | null)[];
  result: EmbeddingsResult;
}

/** One selection for panel and editor. A hover never changes what is locked. */
export interface Selection {
  /** Token position. */
  locked: number | null;
  hover: number | null;
  layer: number | null;
  head: number | null;
  /** The head that the Attention tab draws, chosen or not; missing until it has drawn one. For the copied command line. */
  drawnLayer?: number;
  drawnHead?: number;
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
  /** A last message of the assistant stays open: what follows goes on from its end. */
  continueLast: boolean;
  saliency: SaliencyIntent;
  layers: LayersIntent;
  patching: PatchingIntent;
  lie: LieIntent;
  embeddings: EmbeddingsIntent;
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

/** A text that the model goes on with, pushed along the direction of the probe that is shown. */
export interface SteerIntent {
  /** '' = the page's own beginning. */
  text: string;
  /** In lengths of the state itself; below 0 = the other way, 0 = off. */
  strength: number;
  /** Null = the layer that the probe reads best. */
  layer: number | null;
  /** Length of the continuations. */
  tokens: number;
}

export interface LieIntent {
  section: 'statements' | 'answer' | 'probe';
  /** Path of the probe that judges; null = the one that came with the model. */
  probe: string | null;
  /** How the layer probe's texts are put before the model, and what its labels are. */
  frame: ProbeParams['frame'];
  task: ProbeTask | 'auto';
  /** Columns of the layer probe's table; null = found by their names, groupBy '' = each row by itself. */
  label: string | null;
  groupBy: string | null;
  /** Where a row's text stands, as `{x}`; '' = as it is, null = a neutral one for names and words. */
  template: string | null;
  steer: SteerIntent;
}

export interface PatchingIntent {
  /** The second prompt: the file's text, changed. Null = not chosen yet. */
  from: string | null;
  map: 'residual' | 'heads';
}

/** The prompt in front, each of its lines, its rows as a table, all open prompt files. */
export type EmbeddingsSource = 'prompt' | 'lines' | 'table' | 'open';

export interface EmbeddingsIntent {
  /** auto = a table for a .csv, lines where one word stands in all of them, else the prompt. */
  source: EmbeddingsSource | 'auto';
  /** auto = the word that stands in all lines, the last token of a table's rows, else all tokens. */
  at: PointsAt['kind'] | 'auto';
  /** A word (matched whole) or a regular expression; '' = the one found. */
  pattern: string;
  /** With `{x}` where each line or row goes; null = found, '' = none. */
  template: string | null;
  /** A table's column; null = found, '' = none. */
  groupBy: string | null;
  /** Groups given by hand to texts. */
  marks: { text: number; group: string }[];
  method: ProjectionMethod;
  basis: 'own' | 'frozen';
  /** The layer that `frozen` is fitted to. */
  basisLayer: number;
  leaveOutMassive: boolean;
  seed: number;
  /** A probe's direction in place of the first axis; [D]. */
  axis: number[] | null;
  /** The layer on screen: nothing is computed for it. Null = a third of the way up. */
  layer: number | null;
}

export interface Baseline {
  name: string;
  prompt: Prompt;
  result: ProbabilitiesResult;
}

/** By its format; plain = of no format that is read, and so taken as it stands; selection = a part of it, as it stands. */
export type Reading = 'text' | 'promptMd' | 'prompty' | 'dotprompt' | 'chatJson' | 'table' | 'plain' | 'selection';

/** The file whose text is shown, as the panel names it on every tab. */
export interface ShownFile {
  name: string;
  /** In the workspace; '' at its top and outside of it. */
  folder: string;
  reading: Reading;
}

/** Everything that a panel shows numbers of. */
export interface PanelResults {
  probabilities: ViewState<ProbabilitiesData>;
  attention: ViewState<AttentionData>;
  saliency: ViewState<SaliencyData>;
  layers: ViewState<LayersData>;
  heads: ViewState<HeadsData>;
  examples: ViewState<ExamplesData>;
  patching: ViewState<PatchingData>;
  lie: ViewState<LieData>;
  answer: ViewState<LieData>;
  probe: ViewState<ProbeData>;
  embeddings: ViewState<EmbeddingsData>;
}

export interface PanelState extends PanelResults {
  /** What exports and tables call the text; null when no prompt is open. */
  title: string | null;
  file: ShownFile | null;
  /** The editor that is active, where it is not that of `file`; `showable`: its text can take the place of what is shown. */
  elsewhere: { name: string; showable: boolean } | null;
  /** The file's own text, before any template; null when no prompt is open. */
  text: string | null;
  model: ModelInfo | null;
  runtime: RuntimeInfo | null;
  intent: Intent;
  selection: Selection;
  baseline: Baseline | null;
  /** Whose numbers are of an older text, or of an older choice (target, operator, unit …): nothing may pass them off as present. */
  outdated: Partial<Record<keyof PanelResults, 'text' | 'choice'>>;
  live: boolean;
}
