/** What a problem's entry in the catalogue says besides its sentences. For problemCatalogue.ts and its parts; imports nothing. */

/**
 * `usage` ends the command line with status 2; `unmet` is a warning in the editor and no error; what is of `engine`, `model`,
 * `provider` or `cache` may be mended once an engine is ready, and is asked again then.
 */
export type ProblemKind =
  | 'cancelled'
  | 'usage'
  | 'unmet'
  | 'file'
  | 'content'
  | 'engine'
  | 'model'
  | 'numbers'
  | 'provider'
  | 'cache'
  | 'output'
  | 'internal';

/** Which buttons the panel shows, the likeliest to help first (webview/panels/states/remedies.ts). */
export type PanelHelp =
  | 'none'
  | 'again'
  | 'engine'
  | 'restart'
  | 'shorten'
  | 'model'
  | 'settings'
  | 'example'
  | 'asText'
  | 'table'
  | 'probe'
  | 'target';

/** Which buttons a message of the editor shows (src/host/commands/registerCommands.ts). */
export type MessageButton = 'restart' | 'clearCache' | 'model' | 'provider' | 'example' | 'log';

export interface ProblemFacts {
  message: string;
  remedy: string;
  /** What helps in the editor, where `remedy` names an option of the command line. */
  remedyInEditor?: string;
  /** Which argument is a clause; every other one is a name or a number, or may be a clause. */
  clauseAt?: 0 | 1;
  /** Its first argument names the text that was read: another name may take its place. */
  namesText?: true;
  /** Its sentence names what it is about: the command line puts no name of the prompt's file before it. */
  elsewhere?: true;
  /** The engine is started again by itself. */
  restarts?: true;
  /** What was asked has no answer on this text: asking again, another engine and the log would say the same. */
  settled?: true;
  /** Nothing is wrong: the text is another kind of text than the question is for. */
  ordinary?: true;
  /** A kind of unit has nothing to give here: the words of the prompt always have. */
  ofUnits?: true;
  /** Left out: nothing where it is settled, else to run again or to restart the engine. */
  help?: PanelHelp;
  /** Left out: none. */
  button?: MessageButton;
}

/** What the panel asks of an entry. */
export type PanelFacts = Pick<ProblemFacts, 'ordinary' | 'settled' | 'ofUnits' | 'help'>;

export interface ProblemEntry extends ProblemFacts {
  kind: ProblemKind;
}

export type Sentences = Record<string, ProblemFacts>;

type OfKind<Kind, All> = { [Code in keyof All]: All[Code] & { kind: Kind } };

export function ofKind<Kind extends ProblemKind, All extends Sentences>(kind: Kind, all: All): OfKind<Kind, All> {
  const entries = Object.entries(all).map(([code, facts]) => [code, { ...facts, kind }]);
  return Object.fromEntries(entries) as OfKind<Kind, All>;
}
