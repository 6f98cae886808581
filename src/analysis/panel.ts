/** The state that a panel shows, and the messages that page and host exchange. */

import type { ModelInfo, Range } from '../protocol/model';
import type { ReportedRuntime } from '../protocol/reportedRuntime';
import type { Selection, ShownFile, ShownReport, ViewState } from '../protocol/view';
import type { Analysis, DataOf, EngineApi, Tab, TabValues } from './contracts';
import type { EmbeddedLayer, NeighboursResult } from './embeddings/contract';
import type {
  ContinuationAction,
  Continuations,
  GeneratedToken,
  GenerateOptions,
  GenerateResult,
} from './generate/contract';
import type { LensTable, LensTableParams } from './logitLens/contract';
import type { Baseline } from './probabilities/contract';
import type { Followed, FollowParams, TargetSpec } from './shared/contract';

/** The user's choices: for everything, and tab by tab. */
export interface Intent extends TabValues {
  version: 1;
  tab: Tab;
  /** The target that every explanation explains; {} = the likeliest next token. */
  target: TargetSpec;
  /** The last message of the assistant stays open, so that the continuation starts at its end. */
  continueLast: boolean;
}

export type LayersIntent = Intent['layers'];
export type LieIntent = Intent['lie'];
export type PatchingIntent = Intent['patching'];
export type SamplingIntent = Intent['probabilities']['sampling'];

/** Every analysis whose numbers a panel shows. */
export type PanelResults = { [A in Analysis]: ViewState<DataOf[A]> };

/** The runtime as exports name it; `why` tells people, in their language, why it differs from the provider they wanted. */
export type ShownRuntime = ReportedRuntime & { why: string | null };

export interface PanelState extends PanelResults {
  /** The name of the text in exports and tables; null when no prompt is open. */
  title: string | null;
  file: ShownFile | null;
  /** What its reader reported; null without a prompt, and for a text that cannot be read as one. */
  report: ShownReport | null;
  /** The active editor, where it is not that of `file`; `showable`: its text can replace the one that is shown. */
  elsewhere: { name: string; showable: boolean } | null;
  /** The file's own text, before any template; null when no prompt is open. */
  text: string | null;
  model: ModelInfo | null;
  runtime: ShownRuntime | null;
  intent: Intent;
  selection: Selection;
  baseline: Baseline | null;
  continuations: Continuations;
  /** Log-probabilities of typed targets and contrasts that are not among the likeliest next tokens, by their text. */
  typed: Record<string, number>;
  /** Results computed for an older text or an older choice (target, operator, unit …), which must not be presented as current. */
  outdated: Partial<Record<keyof PanelResults, 'text' | 'choice'>>;
  live: boolean;
  /** Set where a saved run is shown: when it was saved (ISO 8601), and whether the text beside it has changed since. */
  recorded?: { saved: string; moved: boolean };
}

/** Actions that a page may ask the host for; each is a command, so that the palette and the page do the same. */
export type PanelAction =
  | 'openExample'
  /** Goes to the editor of the text that is shown. */
  | 'goToFile'
  /** Shows the text that the user came from in place of the current one. */
  | 'openPanel'
  /** Shows the text as it stands, whatever its format. */
  | 'showAsText'
  | 'explainSelection'
  | 'run'
  | 'cancel'
  | 'restartEngine'
  | 'showLog'
  | 'openSettings'
  | 'pinBaseline'
  /** Asks for the text to compare with: the last commit's, another prompt's, or a file's. */
  | 'compareWithFile'
  | 'clearBaseline'
  | 'tearOff'
  | 'chooseModel'
  | 'copyCommandLine'
  /** Asks for a target in the editor's own input. */
  | 'askTarget'
  /** Makes the text selected in the editor the target. */
  | 'targetFromSelection'
  | 'clearTarget'
  | 'toggleSaliencyInEditor'
  | 'toggleLive'
  /** Makes another file's text the second prompt. */
  | 'choosePatchFile'
  /** Lets another truth probe judge, or trains one on a table. */
  | 'chooseProbe'
  | 'trainProbe'
  | 'showEmbeddings';

/** What the numbers of a tab were made with, for everything that leaves the panel. */
export interface Provenance {
  version: string;
  /** When it was exported, as ISO 8601. */
  date: string;
  /** Null before a model is loaded. */
  fingerprint: string | null;
  /** The choices that change the result, by the names of the options; empty where all are unset. */
  settings: string;
}

/** Only the keys that changed, also within the intent, so that choices made in the page in the meantime are kept. */
export type PanelChange = Omit<Partial<PanelState>, 'intent'> & { intent?: Partial<Intent> };

/** A change as it is sent. `kept`: the analyses whose state comes without its data, since the page has them already. */
export type SentChange = PanelChange & { kept?: readonly Analysis[] };

/** The host's side: the requests it answers and the facts it sends. */
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
    /** [L, H] Weight from one query, summed over some keys. */
    attentionBetween: { params: { from: number; to: number[] }; result: { weights: ArrayBuffer } };
    /** The logit lens at other positions, or following other tokens. */
    logitLens: { params: LensTableParams; result: LensTable };
    /** Pictures of layers other than those that came with the result, for methods too slow to compute all of them. */
    embeddingLayers: { params: { layers: number[] }; result: { layers: EmbeddedLayer[] } };
    /** The nearest neighbours of a point of the result, as in the engine's request. */
    neighbours: {
      params: { source: number; position: number; layer: number; count: number };
      result: NeighboursResult;
    };
    /** Continues a plain text. */
    generate: { params: { options: GenerateOptions; text: string }; result: GenerateResult; progress: GeneratedToken };
    /** The direction of the truth probe in use, as in the engine's request. */
    truthDirection: { params: { layer: number }; result: EngineApi['requests']['truthDirection']['result'] };
    /** The tokens of a text as it follows the shown prompt (to force or to explain it), as in the engine's request. */
    follow: { params: FollowParams; result: Followed };
    /** Typed text as tokens, or tokens as bytes (to draw a character that several tokens share), as in the engine's request. */
    vocabulary: {
      params: EngineApi['requests']['vocabulary']['params'];
      result: EngineApi['requests']['vocabulary']['result'];
    };
    action: { params: { action: PanelAction }; result: null };
    /** What the numbers of this analysis were made with. */
    provenance: { params: { analysis: Analysis }; result: Provenance };
    /** Lets the user choose a file; `content` is the finished text, or base64 for png; a saved run (`lens`) is written by the host. */
    export: {
      params: { suggestedName: string; format: 'svg' | 'png' | 'csv' | 'json' | 'html' | 'lens'; content: string };
      result: { saved: boolean };
    };
  };
  notifications: {
    didChangeState: SentChange;
    didChangeTheme: null;
    /** The command "Generate Next Tokens" ran: the page starts a continuation as its own button does. */
    didAskToGenerate: null;
    /** The code lens with the perplexity was clicked: the page shows the figures that it sums up. */
    didAskForFigures: null;
    /** The command "Focus the Panel" ran: the keyboard moves into the page. */
    didAskToFocus: null;
  };
}

/** The page's side: the messages that it sends to the host. */
export interface PanelPageApi {
  requests: Record<never, never>;
  notifications: {
    /** Contains only the changed choices. */
    setIntent: Partial<Intent>;
    select: Selection;
    /** Changes the continuations of the prompt on show. */
    continuation: ContinuationAction;
    /** Gives a variable of the document a value; null = the file's own value again. */
    setVariable: { uri: string; name: string; value: string | null };
    /** Shows this token in the editor (scrolls to it and selects it). */
    revealToken: { position: number };
    /** Selects the tokens [from, to) as one range in the editor, and moves the focus there. */
    goToTokens: { from: number; to: number };
    /** Selects a range of the prompt's file, counted in the text that the lie detector shows. */
    revealStatement: { range: Range };
    /** Selects all of these in the editor, as several selections. */
    revealTokens: { positions: number[] };
  };
}
