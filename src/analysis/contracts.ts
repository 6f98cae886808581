/**
 * The list of all analyses. The engine's API is put together from their contracts, and the host's supervisor, the command line and the
 * engine's own handlers derive from it. Every request carries the prompt; the engine recognises the tokens it has already run and computes
 * only the new ones, so a restarted engine needs no session state. Tensors are handed out in slices, never whole.
 */
import type { ModelRequests } from '../protocol/request';
import {
  type AttentionRequests,
  attention,
  attentionFlags,
  attentionValues,
  overviewRow,
  overviewValues,
} from './attention/contract';
import { type ChooseRequests, chooseFlags, chooseRow, chooseValues } from './choose/contract';
import type { Shown } from './declare';
import { type EmbeddingsRequests, embeddings, embeddingsFlags, embeddingsValues } from './embeddings/contract';
import { type ExamplesRequests, examples, examplesFlags, examplesRow, examplesValues } from './examples/contract';
import { type GenerateRequests, generateFlags, generateRow, generateValues } from './generate/contract';
import { type HeadsRequests, heads, headsFlags, headsRow, headsValues } from './heads/contract';
import { type LensRequests, lensFlags, lensRow, lensValues, logitLens } from './logitLens/contract';
import type { RowOf, ValuesOf } from './measured';
import { choice, type Option, type Options, type Values } from './options';
import { type PatchingRequests, patchFlags, patching, patchingValues } from './patching/contract';
import {
  type ProbabilitiesRequests,
  probabilities,
  probabilitiesFlags,
  probabilitiesRow,
  probabilitiesValues,
} from './probabilities/contract';
import { type ProbeRequests, probe, probeTrainFlags, probeValues } from './probe/contract';
import { type RepeatRequests, repeat, repeatFlags, repeatRow, repeatValues } from './repeat/contract';
import {
  gradientsFlags,
  laneValues,
  occlusionFlags,
  type SaliencyRequests,
  saliency,
  saliencyFlags,
  saliencyRow,
  saliencyValues,
} from './saliency/contract';
import { compareFlags, type SharedRequests } from './shared/contract';
import {
  answer,
  evaluationValues,
  probeEvaluateFlags,
  type TruthRequests,
  truth,
  truthFlags,
  truthRow,
  truthValues,
} from './truth/contract';

/** Every request about a text. */
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
    RepeatRequests,
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

/**
 * The analyses that a panel shows, by their names in its state. Among those on one tab the most urgent comes first; it is the tab's own
 * analysis.
 */
export const contracts = {
  probabilities: probabilities(),
  repeat: repeat(),
  attention: attention(),
  saliency: saliency(),
  layers: logitLens(),
  heads: heads(),
  examples: examples(),
  patching: patching(),
  embeddings: embeddings(),
  lie: truth(),
  answer: answer(),
  probe: probe(),
} as const;

type Contracts = typeof contracts;

/** An analysis that a panel can compute. */
export type Analysis = keyof Contracts;

/** The data that each analysis shows. */
export type DataOf = { [A in Analysis]: Contracts[A] extends { shows: Shown<infer Data> } ? Data : never };

export type Tab = Contracts[Analysis]['tab'];

type OnTab<T extends Tab> = Extract<Contracts[Analysis], { tab: T }>;
type Section<T extends Tab> = OnTab<T>['section'];
type Merged<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;
type SectionOption<T extends Tab> = [Section<T>] extends [null]
  ? unknown
  : { section: Option<NonNullable<Section<T>>> };

/** The options of everything on a tab, and which section is in front. */
export type TabOptions = { [T in Tab]: Merged<OnTab<T>['options']> & SectionOption<T> };

export type TabValues = { [T in Tab]: Values<TabOptions[T] & Options> };

export const analysisNames = Object.keys(contracts) as Analysis[];

export const tabs = [...new Set(analysisNames.map((name) => contracts[name].tab))];

export const tabOptions = Object.fromEntries(tabs.map((tab) => [tab, optionsOf(tab)])) as unknown as TabOptions;

function optionsOf(tab: Tab): Options {
  const own = analysisNames.map((name) => contracts[name]).filter((each) => each.tab === tab);
  const sections = own.flatMap(({ section }) => section ?? []);
  const section = sections.length === 0 ? {} : { section: choice(sections, sections[0], 'drawing') };
  return Object.assign(section, ...own.map(({ options }) => options));
}

/** The analysis that a tab shows for a section; for a tab without sections, its own analysis. */
export function analysisOf(tab: Tab, section: string | null): Analysis {
  const found = analysisNames.find((name) => contracts[name].tab === tab && contracts[name].section === section);
  return found ?? analysisNames.find((name) => contracts[name].tab === tab) ?? 'probabilities';
}

/**
 * The options of each analysis that can be set from outside, by the name of its command: every option has its form, its limits, its
 * default, and one sentence of help in `flag`. Model and runtime are `engineFlags` of shared/contract.ts. This is a function because the
 * page needs none of it.
 */
export const commandOptions = () =>
  ({
    probabilities: probabilitiesFlags(),
    generate: generateFlags(),
    repeat: repeatFlags(),
    choose: chooseFlags(),
    attention: attentionFlags(),
    saliency: saliencyFlags(),
    occlusion: occlusionFlags(),
    gradients: gradientsFlags(),
    lens: lensFlags(),
    heads: headsFlags(),
    patch: patchFlags(),
    examples: examplesFlags(),
    compare: compareFlags(),
    embeddings: embeddingsFlags(),
    truth: truthFlags(),
    'probe train': probeTrainFlags(),
    'probe evaluate': probeEvaluateFlags(),
  }) as const;

type CommandOptions = ReturnType<typeof commandOptions>;

/** Every command that analyses something. */
export type AnalysisCommand = keyof CommandOptions;

/** The command that prints what a panel shows. */
export const commandOf = {
  probabilities: 'probabilities',
  repeat: 'repeat',
  attention: 'attention',
  saliency: 'saliency',
  layers: 'lens',
  heads: 'heads',
  examples: 'examples',
  patching: 'patch',
  embeddings: 'embeddings',
  lie: 'truth',
  answer: 'truth',
  probe: 'probe train',
} as const satisfies Record<Analysis, AnalysisCommand>;

/** The options of the command of an analysis. */
export type CommandValues<A extends Analysis> = Values<CommandOptions[(typeof commandOf)[A]]>;

/** Each request has its values and its row form, or null with a comment that says why it has none. */
type OfRequests<T, More extends string = never> = Readonly<Record<keyof AnalysisRequests | More, T | null>>;

/** The values that a lesson may name, by the request whose result holds them; `lane` = one method of `saliency`. */
export const values = {
  probabilities: probabilitiesValues,
  generate: generateValues,
  repeat: repeatValues,
  choose: chooseValues,
  attentionOverview: overviewValues,
  attentionHeads: attentionValues,
  saliency: saliencyValues,
  lane: laneValues,
  logitLens: lensValues,
  heads: headsValues,
  examples: examplesValues,
  patching: patchingValues,
  embeddings: embeddingsValues,
  probe: probeValues,
  truth: truthValues,
  evaluateTruth: evaluationValues,
  // These are slices of what the other requests compute.
  attentionBetween: null,
  neighbours: null,
  truthDirection: null,
  // This request looks up tokens.
  follow: null,
  // This request makes a file; evaluateTruth says how good the file is.
  trainTruth: null,
} as const satisfies OfRequests<ValuesOf<never>, 'lane'>;

/** The row form of a result, by request: a batch of prompts writes one such row for each prompt. */
export const rows = {
  probabilities: probabilitiesRow,
  generate: generateRow,
  repeat: repeatRow,
  choose: chooseRow,
  attentionOverview: overviewRow,
  saliency: saliencyRow,
  logitLens: lensRow,
  heads: headsRow,
  examples: examplesRow,
  truth: truthRow,
  // A row would have [T, T] numbers, which belong in a file of tensors.
  attentionHeads: null,
  // A row is one prompt, while patching compares two.
  patching: null,
  // The result is one picture, probe or figure for all texts together.
  embeddings: null,
  probe: null,
  evaluateTruth: null,
  // These are slices and look-ups, as above.
  attentionBetween: null,
  neighbours: null,
  truthDirection: null,
  follow: null,
  trainTruth: null,
} as const satisfies OfRequests<RowOf<never>>;
