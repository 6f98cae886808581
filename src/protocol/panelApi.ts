/**
 * host ↔ page: what a page asks the host and what each tells the other. The page asks in imperatives; persisted intent (tab,
 * selection, switches) goes through `setIntent`, and facts are fetched again after a reload. Leaf: types only.
 */
import type { EngineApi, Followed, FollowParams } from './engine';
import type { LensTable, LensTableParams } from './explain';
import type { EmbeddedLayer, NeighboursResult } from './insides';
import type { Range } from './model';
import type { Intent, PanelState, Selection } from './panel';
import type { GeneratedToken, GenerateOptions, GenerateResult } from './results';

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
    lensTable: { params: LensTableParams; result: LensTable };
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
