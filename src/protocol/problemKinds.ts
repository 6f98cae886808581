/** The parts of a problem's entry in the catalogue beside its sentences. Leaf: imports nothing. */

/**
 * `usage` ends the command line with status 2; `unmet` is a warning in the editor and not an error; problems of `engine`, `model`,
 * `provider` or `cache` may be mended once an engine is ready, and the request is then repeated.
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

/** Buttons that the panel shows, the one most likely to help first (webview/panels/states/remedies.ts). */
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

/** Buttons that a message of the editor shows (src/host/commands/registerCommands.ts). */
export type MessageButton = 'restart' | 'clearCache' | 'model' | 'provider' | 'example' | 'log';

export interface ProblemFacts {
  message: string;
  remedy: string;
  /** The remedy for the editor, where `remedy` names an option of the command line. */
  remedyInEditor?: string;
  /** The argument that must be a clause; every other one is a name or a number, or may be a clause. */
  clauseAt?: 0 | 1;
  /** The first argument names the text that was read, and may be replaced by another name. */
  namesText?: true;
  /** The sentence names its own subject, so the command line does not put the name of the prompt's file before it. */
  elsewhere?: true;
  /** The engine is started again automatically. */
  restarts?: true;
  /** The question has no answer on this text: asking again, another engine and the log would give nothing new. */
  settled?: true;
  /** Nothing is wrong: the text is just not of the kind that the question is for. */
  ordinary?: true;
  /** A kind of unit has nothing to offer here; the words of the prompt always do. */
  ofUnits?: true;
  /** Default: nothing where it is settled, otherwise to run again or to restart the engine. */
  help?: PanelHelp;
  /** Default: none. */
  button?: MessageButton;
}

/** The facts of an entry that the panel needs. */
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
