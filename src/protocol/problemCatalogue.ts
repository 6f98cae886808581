/**
 * Everything that can go wrong for a user, in one place: a code, one sentence with the cause, one with the remedy, its kind, and
 * how it is to be treated wherever it is shown. The sentences are English; the host translates them through `l10n` (every string of
 * this catalogue is in the bundles, which a unit test checks). `{0}` … are arguments. Code that shows a problem looks up its
 * treatment here and keeps no list of codes.
 */
import { ofKind, type PanelFacts, type ProblemEntry, type Sentences } from './problemKinds';
import { content, file, unmet, usage } from './problemsOfTexts';

/** The user cancelled the request. */
const cancelled = {
  cancelled: { message: 'Cancelled.', remedy: 'Run it again whenever you like.', settled: true, help: 'again' },
} as const satisfies Sentences;

/** Problems of the engine's process. */
const engine = {
  engineGone: {
    message: 'The engine stopped: {0}.',
    remedy: 'Run it again; --verbose shows its last output.',
    remedyInEditor: 'Restart the engine; the editor and your text are not affected.',
    clauseAt: 0,
    restarts: true,
    help: 'restart',
    button: 'restart',
  },
  engineKilled: {
    message: 'The system ended the engine, probably for want of memory: the engine used {0}.',
    remedy:
      'Shorten the prompt, choose the precision "fast" (its weights need a quarter of the memory) or a smaller model, or allow the engine more memory.',
    elsewhere: true,
    restarts: true,
    help: 'restart',
  },
  engineCannotStart: {
    message: 'The engine cannot start: {0}.',
    remedy:
      'Install what is missing, or use a system that ONNX Runtime supports (Linux with glibc 2.28 or later, Windows, macOS).',
    clauseAt: 0,
    elsewhere: true,
    help: 'none',
  },
} as const satisfies Sentences;

/** The model file is wrong or does not fit this machine: another load may find this mended. */
const model = {
  modelMissing: {
    message: 'The model {0} was not found.',
    remedy: 'Check the path, or choose another model in the settings.',
    elsewhere: true,
    help: 'model',
    button: 'model',
  },
  modelMalformed: {
    message: 'The model file {0} is damaged: {1}.',
    remedy: 'Download or copy it again.',
    clauseAt: 1,
    elsewhere: true,
    help: 'model',
    button: 'model',
  },
  modelChanged: {
    message: 'The model file {0} changed while it was open.',
    remedy: 'Wait until the file is complete, then run again: the file is then read again.',
    elsewhere: true,
    button: 'model',
  },
  modelUnsupported: {
    message: 'The model {0} cannot be opened: {1}.',
    remedy: 'Choose a Hugging Face folder or a GGUF file of a family that Prompt Lens reads.',
    clauseAt: 1,
    elsewhere: true,
    help: 'model',
    button: 'model',
  },
  modelTooLarge: {
    message: 'The model {0} needs about {1} of memory; only {2} is available.',
    remedy: 'Choose a smaller model, close other programs, or raise the limit that the container or the system sets.',
    elsewhere: true,
    help: 'model',
    button: 'model',
  },
} as const satisfies Sentences;

/** Values that are not finite numbers: another load finds them again. */
const numbers = {
  weightsNotNumbers: {
    message: 'The weights of {0} contain values that are not numbers (in {1}).',
    remedy: 'Download or copy the model again, or choose another one.',
    elsewhere: true,
    help: 'model',
    button: 'model',
  },
  resultNotNumbers: {
    message: 'A pass through the model {0} ended in values that are not numbers.',
    remedy: 'Steer or patch less strongly; if you did neither, the model file is damaged.',
    elsewhere: true,
  },
} as const satisfies Sentences;

/** Problems of the provider that computes. */
const provider = {
  providerUnavailable: {
    message: 'The provider {0} cannot be used: {1}.',
    remedy: 'Use "auto" or "cpu", or install the provider\'s libraries.',
    clauseAt: 1,
    elsewhere: true,
    help: 'settings',
    button: 'provider',
  },
} as const satisfies Sentences;

/** Problems of the folder of compiled graphs. */
const cache = {
  cacheNotWritable: {
    message: 'The cache folder {0} cannot be written to: {1}.',
    remedy: 'Free some space, or set PROMPT_LENS_CACHE to a folder that you can write to.',
    clauseAt: 1,
    elsewhere: true,
    help: 'settings',
  },
  cacheLimited: {
    message: 'The compiled graphs of the model {0} need {1}; the limit is {2}.',
    remedy:
      'Raise promptLens.compiledGraphsLimit (on the command line PROMPT_LENS_CACHE_LIMIT), or choose a smaller model.',
    elsewhere: true,
    help: 'settings',
    button: 'clearCache',
  },
  cacheDiskFull: {
    message: 'The compiled graphs of the model {0} need {1}; the disk of {3} has {2} free.',
    remedy:
      'Free some space, clear the compiled graphs (on the command line "prompt-lens cache --clear"), or set PROMPT_LENS_CACHE to a folder on a larger disk.',
    elsewhere: true,
    help: 'settings',
    button: 'clearCache',
  },
} as const satisfies Sentences;

/** A file could not be written. */
const output = {
  fileNotWritten: {
    message: '{0} cannot be written: {1}.',
    remedy: 'Choose another folder.',
    clauseAt: 1,
    elsewhere: true,
  },
  diskFull: {
    message: '{0} cannot be written: the disk is full.',
    remedy: 'Free some space, or choose another disk.',
    elsewhere: true,
  },
  folderMissing: {
    message: '{0} cannot be written: its folder does not exist.',
    remedy: 'Create the folder first, or choose another one.',
    elsewhere: true,
  },
  outputIsFolder: {
    message: '{0} cannot be written: it is a folder.',
    remedy: 'Name a file inside it.',
    elsewhere: true,
  },
  outputProtected: {
    message: '{0} cannot be written: it is read-only.',
    remedy: 'Make it writable, or choose another name.',
    elsewhere: true,
  },
  outputNotPossible: {
    message: '{0} cannot be written: {1}.',
    remedy: 'Choose another name.',
    clauseAt: 1,
    elsewhere: true,
  },
} as const satisfies Sentences;

/** Faults of the program itself. */
const internal = {
  unknownRequest: {
    message: 'The engine does not know the request "{0}".',
    remedy: 'Reload the window: the editor and the engine have different versions.',
  },
  internal: {
    message: 'Something failed unexpectedly: {0}.',
    remedy: 'Open the log and report this.',
    button: 'log',
  },
} as const satisfies Sentences;

const catalogue = {
  ...ofKind('cancelled', cancelled),
  ...ofKind('usage', usage),
  ...ofKind('unmet', unmet),
  ...ofKind('file', file),
  ...ofKind('content', content),
  ...ofKind('engine', engine),
  ...ofKind('model', model),
  ...ofKind('numbers', numbers),
  ...ofKind('provider', provider),
  ...ofKind('cache', cache),
  ...ofKind('output', output),
  ...ofKind('internal', internal),
};

export type ProblemCode = keyof typeof catalogue;

/** Codes whose argument 0, or 1, is a clause. */
export type ClauseFirst = CodesWhere<0>;
export type ClauseSecond = CodesWhere<1>;

type CodesWhere<Place> = {
  [Code in ProblemCode]: (typeof catalogue)[Code] extends { clauseAt: Place } ? Code : never;
}[ProblemCode];

export const problemCatalogue: Readonly<Record<ProblemCode, ProblemEntry>> = catalogue;

/** The entry of a code; a code of another version is treated like `internal`. */
export function entryOf(code: ProblemCode): ProblemEntry {
  return isKnown(code) ? problemCatalogue[code] : problemCatalogue.internal;
}

/** Tells the panel how to treat a problem. */
export function panelFacts(code: ProblemCode): PanelFacts {
  const { ordinary, settled, ofUnits, help } = entryOf(code);
  return { ordinary, settled, ofUnits, help };
}

export const isKnown = (code: string): code is ProblemCode => Object.hasOwn(problemCatalogue, code);
