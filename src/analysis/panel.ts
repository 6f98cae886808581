/** What a panel shows, and what page and host ask each other. */

import type { ModelInfo, Range } from '../protocol/model';
import type { ReportedRuntime } from '../protocol/reportedRuntime';
import type { Selection, ShownFile, ViewState } from '../protocol/view';
import type { Analysis, DataOf, EngineApi, Tab, TabValues } from './contracts';
import type { EmbeddedLayer, NeighboursResult } from './embeddings/contract';
import type { GeneratedToken, GenerateOptions, GenerateResult } from './generate/contract';
import type { LensTable, LensTableParams } from './logitLens/contract';
import type { Baseline } from './probabilities/contract';
import type { Followed, FollowParams, TargetSpec } from './shared/contract';

/** What the user has chosen: for everything, and tab by tab. */
export interface Intent extends TabValues {
  version: 1;
  tab: Tab;
  /** What every explanation explains; {} = the likeliest next token. */
  target: TargetSpec;
  /** A last message of the assistant stays open: what follows goes on from its end. */
  continueLast: boolean;
}

export type LayersIntent = Intent['layers'];
export type LieIntent = Intent['lie'];
export type PatchingIntent = Intent['patching'];
export type SamplingIntent = Intent['probabilities']['sampling'];

/** Everything that a panel shows numbers of. */
export type PanelResults = { [A in Analysis]: ViewState<DataOf[A]> };

/** As exports say it, and for people: why another provider than the wanted one runs, in their language. */
export type ShownRuntime = ReportedRuntime & { why: string | null };

export interface PanelState extends PanelResults {
  /** What exports and tables call the text; null when no prompt is open. */
  title: string | null;
  file: ShownFile | null;
  /** The editor that is active, where it is not that of `file`; `showable`: its text can take the place of what is shown. */
  elsewhere: { name: string; showable: boolean } | null;
  /** The file's own text, before any template; null when no prompt is open. */
  text: string | null;
  model: ModelInfo | null;
  runtime: ShownRuntime | null;
  intent: Intent;
  selection: Selection;
  baseline: Baseline | null;
  /** Whose numbers are of an older text, or of an older choice (target, operator, unit …): nothing may pass them off as present. */
  outdated: Partial<Record<keyof PanelResults, 'text' | 'choice'>>;
  live: boolean;
}

/** Actions a page may ask the host for; each is a command, so that the palette and the page do the same. */
export type PanelAction =
  | 'openExample'
  /** To the editor of the text that is shown. */
  | 'goToFile'
  /** The text that the user came from, in place of the one that is shown. */
  | 'openPanel'
  /** The text as it stands, whatever its format. */
  | 'showAsText'
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
  | 'choosePatchFile'
  /** Another truth probe judges, or one is trained on a table. */
  | 'chooseProbe'
  | 'trainProbe'
  | 'showEmbeddings';

/** Only the keys that changed, of the intent too: what is chosen in the page meanwhile stays chosen. */
export type PanelChange = Omit<Partial<PanelState>, 'intent'> & { intent?: Partial<Intent> };

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
    logitLens: { params: LensTableParams; result: LensTable };
    /** Pictures of other layers than those that came with the result, for methods that are too slow for all. */
    embeddingLayers: { params: { layers: number[] }; result: { layers: EmbeddedLayer[] } };
    /** Nearest to a point of the result, as the engine's. */
    neighbours: {
      params: { source: number; position: number; layer: number; count: number };
      result: NeighboursResult;
    };
    /** Continues the prompt, or a plain text in its place. */
    generate: { params: { options: GenerateOptions; text?: string }; result: GenerateResult; progress: GeneratedToken };
    /** Of the truth probe in use; as the engine's. */
    truthDirection: { params: { layer: number }; result: EngineApi['requests']['truthDirection']['result'] };
    /** A text as it follows the prompt that is shown (to force or to explain it); as the engine's. */
    follow: { params: FollowParams; result: Followed };
    /** Typed text as tokens, or tokens as bytes (to draw a character that several tokens share); as the engine's. */
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
    didChangeState: PanelChange;
    didChangeTheme: null;
    /** The command "Generate Next Tokens" ran: start a continuation as the page's own button does. */
    didAskToGenerate: null;
  };
}

/** The page's side: what it tells the host. */
export interface PanelPageApi {
  requests: Record<never, never>;
  notifications: {
    /** Only what was chosen. */
    setIntent: Partial<Intent>;
    select: Selection;
    /** Show this token in the editor (scroll and select). */
    revealToken: { position: number };
    /** Selects a range of the prompt's file, counted in the text that the lie detector shows. */
    revealStatement: { range: Range };
    /** Selects all of these in the editor, as several selections. */
    revealTokens: { positions: number[] };
  };
}
