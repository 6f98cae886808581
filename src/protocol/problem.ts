/**
 * Everything that can go wrong for a user, in one place: a code, one sentence with the cause, one with the remedy.
 * English here; the host translates `message` and `remedy` through `l10n` (every string of this file is in the bundles, a unit
 * test sees to it). `{0}` … are arguments. Leaf: imports nothing.
 */

const catalogue = {
  cancelled: ['Cancelled.', 'Run it again when you like.'],
  engineGone: ['The engine stopped: {0}.', 'Restart it; the editor and your text are not affected.'],
  engineKilled: [
    'The engine was ended by the system, probably for memory: it held {0}.',
    'Shorten the prompt, choose the precision "fast" (its weights take a quarter) or a smaller model, or give it more memory.',
  ],
  engineCannotStart: [
    'The engine cannot start: {0}.',
    'Install what is missing, or use a system that ONNX Runtime runs on (Linux with glibc 2.28 or later, Windows, macOS).',
  ],
  unknownRequest: [
    'The engine does not know the request "{0}".',
    'Reload the window: the two halves are of different versions.',
  ],
  internal: ['Something failed that should not have: {0}.', 'Show the log and report it.'],
  emptyPrompt: ['{0} is empty.', 'Write some text first.'],
  promptTooLong: [
    'The prompt has {0} tokens; this model takes {1}.',
    'Shorten it, or select the part to look at; about {2} characters fit.',
  ],
  textTooLarge: ['The text has {0} characters; Prompt Lens reads up to {1}.', 'Select the part to look at.'],
  statementTooLong: ['The text "{0}…" has {1} tokens; this model takes {2}.', 'Shorten it, or leave it out.'],
  fileUnreadable: ['{0} cannot be read: {1}.', 'Check the path and the permissions.'],
  fileNotText: ['{0} is not UTF-8 text.', 'Save it as UTF-8, or open another file.'],
  promptMalformed: ['{0} cannot be read as a prompt: {1}.', 'Correct it, or use --raw to take it as plain text.'],
  modelMissing: ['The model {0} was not found.', 'Check the path, or choose another model in the settings.'],
  modelMalformed: ['The model file {0} is damaged: {1}.', 'Download or copy it again.'],
  modelChanged: [
    'The model file {0} changed while it was open.',
    'Wait until it is whole, then run it again: it is read anew.',
  ],
  modelUnsupported: [
    'The model {0} cannot be opened: {1}.',
    'Choose a GGUF file of the llama family with a byte-level BPE tokenizer.',
  ],
  cacheNotWritable: [
    'The cache folder {0} cannot be written: {1}.',
    'Free some space or set PROMPT_LENS_CACHE to a folder you can write.',
  ],
  cacheLimited: [
    'The compiled graphs of the model {0} take {1}; {2} are allowed.',
    'Raise promptLens.compiledGraphsLimit (on the command line PROMPT_LENS_CACHE_LIMIT), or choose a smaller model.',
  ],
  cacheDiskFull: [
    'The compiled graphs of the model {0} take {1}; {2} are free on the disk of {3}.',
    'Free some space, clear the compiled graphs (on the command line "prompt-lens cache --clear"), or set PROMPT_LENS_CACHE to a folder on a larger disk.',
  ],
  modelTooLarge: [
    'The model {0} needs about {1} of memory; {2} are free for it.',
    'Choose a smaller model, close other programs, or raise the limit that the container or the system sets.',
  ],
  weightsNotNumbers: [
    'The weights of {0} hold values that are not numbers (in {1}).',
    'Download or copy the model again, or choose another one.',
  ],
  resultNotNumbers: [
    'A pass through the model {0} ended in values that are not numbers.',
    'Push or patch less; if you did neither, the model file is damaged.',
  ],
  providerUnavailable: ['The provider {0} cannot be used: {1}.', 'Use "auto" or "cpu", or install its libraries.'],
  outOfMemory: ['Not enough memory: this needs about {0} MB.', 'Shorten the prompt or select a passage.'],
  noTemplate: ['The model {0} has no chat template.', 'Use --raw, or a plain text file.'],
  templateFailed: [
    "The model's chat template refused these messages: {0}.",
    'Check the order of the roles, or choose another model.',
  ],
  continueFailed: [
    "The model's chat template changes the last message, so it cannot be left open.",
    'Let it end, or write the text as the template would and take it as plain text.',
  ],
  nothingToContinue: [
    '{0} does not end with a message of the assistant that could be left open.',
    'Let it end with one, or leave out --continue.',
  ],
  usage: ['{0}', 'See prompt-lens --help.'],
  outOfRange: ['{0} must be between {1} and {2}.', 'Choose another value.'],
  choiceEmpty: ['The answer "{0}" becomes no token.', 'Write at least one character.'],
  choiceNone: ['No answer is listed.', 'Write at least one.'],
  nothingKept: [
    'Together with "{0}" the prompt is cut into other tokens from its first one on: nothing stands before the text.',
    'Write more in front, or let the text begin with a space.',
  ],
  targetEmpty: ['The target "{0}" becomes no token.', 'Write at least one character.'],
  noUnits: [
    'There is nothing to explain: no unit of this kind is in the prompt.',
    'Choose another unit, another expression, or the whole prompt.',
  ],
  noSlots: [
    'There is nothing to explain: no variable of the prompt has a value.',
    'Give one a value in the file or with --var, or choose another unit.',
  ],
  noSelection: [
    'There is nothing to explain: nothing of the prompt is selected.',
    'Select a part of it in the editor, or choose another unit.',
  ],
  noExamples: ['The prompt has no examples before its question.', 'Write some, set off by blank lines or bullets.'],
  noPoints: ['No token fits: there is nothing to draw.', 'Choose another word or expression, or all tokens.'],
  tableMalformed: ['{0} cannot be read as a table: {1}.', 'Correct the row, or save it as CSV with a header line.'],
  tableTooLong: ['{0} has {1} rows; Prompt Lens reads up to {2}.', 'Keep fewer rows, or split the file.'],
  columnMissing: ['{0} has no column {1}; it has {2}.', 'Name a column so in its header line.'],
  tableNotPrompt: [
    '{0} is a table of texts, not one prompt.',
    'Look at it in the Embeddings tab, or select a text in it and choose Explain Selection.',
  ],
  tableGiven: [
    '{0} is a table of texts, not one prompt.',
    'Give it to "embeddings", "probe" or "truth", or use --raw to take it as plain text.',
  ],
  noLabels: ['No row of {0} has a text and a label in the column {1}.', 'Fill the column, or choose another one.'],
  templateWithoutSlot: ['The template "{0}" has no {1}.', 'Write {1} where each text belongs.'],
  probeMissing: [
    'No truth probe was found for the model {0}.',
    'Train one with "prompt-lens probe train", or choose the bundled model.',
  ],
  probeMalformed: ['The probe file {0} cannot be read: {1}.', 'Choose another one, or train it again.'],
  factsMalformed: ['{0} cannot be read as a list of facts: {1}.', 'Write it like models/truth/facts.json.'],
  probeOtherModel: [
    'The probe {0} was trained on another model than {1}.',
    'Train one for this model, or choose its model.',
  ],
  noStatements: [
    '{0} has no statement to judge: no sentence that could be true or false.',
    'Write one that ends with a period.',
  ],
  needsTable: [
    '{0} is not a table of labelled texts.',
    'Open a .csv with the columns text and label (and group, if rows belong together).',
  ],
  directionMisfit: [
    'The direction has {0} numbers; the states of this model have {1}.',
    'Use a probe that was trained on this model.',
  ],
  oneClass: ['All rows have the label {0}: there is nothing to tell apart.', 'Give rows of at least two classes.'],
  classOfOneRow: [
    '{0} of the {1} labels stand in one row only ("{2}"): such a class cannot be held out.',
    'Give every label at least two rows, leave those rows out, or let the labels be numbers.',
  ],
  tooFewRows: ['Too few to hold some out (rows: {0}, groups: {1}).', 'Give at least {2} rows in at least {3} groups.'],
  notNumbers: ['The label "{0}" is not a number.', 'Correct it, or let the labels be classes.'],
  notTruthValue: ['The label "{0}" is neither true nor false.', 'Write true or false.'],
  patternInvalid: ['{0} is not a regular expression: {1}.', 'Correct it.'],
  patternSlow: [
    'The regular expression {0} takes too long on this text.',
    'Write it without repetitions inside repetitions.',
  ],
  nothingLeft: [
    'The unit is the whole prompt: nothing would be left of it.',
    'Choose a smaller unit, or another operator.',
  ],
  lengthsDiffer: [
    'The two prompts have {0} and {1} tokens.',
    'Patching needs equal lengths: add or remove words until they agree.',
  ],
  nothingToRecover: [
    'Both prompts give the target the same probability.',
    'Choose a target, or a second prompt, that tells them apart.',
  ],
  noPrompt: ['No prompt is open.', 'Open a prompt file, or select text and explain the selection.'],
  notText: [
    '{0} is not open as text here: it is a picture, binary or too large, or another editor shows it.',
    'Choose "Reopen Editor With…" and the text editor, or put the part to look at into a new file.',
  ],
  noTextEditor: ['{0} holds no text to look at; the panel still shows {1}.', 'Click into a text, then ask again.'],
  promptClosed: ['{0} was closed or deleted.', 'Open it again, or open another prompt.'],
  noResult: ['There is no result yet.', 'Show the probabilities first.'],
  nothingSelected: ['No word of the prompt is selected.', 'Select some in its editor first.'],
  nothingBefore: ['Nothing stands before the first token: it has no probability.', 'Select words further on.'],
  notOnCommandLine: ['The command line cannot do this: {0}.', 'Choose something else, or export the numbers.'],
  noCommit: ['{0} has no committed version: {1}.', 'Commit it first, or pin the present state as the baseline.'],
  fileNotWritten: ['{0} cannot be written: {1}.', 'Choose another folder.'],
  diskFull: ['{0} cannot be written: the disk is full.', 'Free some space, or choose another disk.'],
  folderMissing: ['{0} cannot be written: its folder does not exist.', 'Make the folder first, or choose another one.'],
  outputIsFolder: ['{0} cannot be written: it is a folder.', 'Name a file in it.'],
  outputProtected: ['{0} cannot be written: it is read-only.', 'Make it writable, or choose another name.'],
  outputNotPossible: ['{0} cannot be written: {1}.', 'Choose another name.'],
  outputIsInput: ['Writing {0} would destroy {1}, which is read here.', 'Choose another name.'],
  outputTwice: ['{0} and {1} name the same output.', 'Give each its own.'],
  needsFile: ['The command line reads files; {0} is only in the editor.', 'Save it as a file first.'],
  cudaInstallerMissing: [
    'The installer of the CUDA libraries is not part of this installation: {0}.',
    'Use "auto" or "cpu".',
  ],
} as const satisfies Record<string, readonly [message: string, remedy: string]>;

/**
 * Why a file is no prompt: the clause that stands as {1} in `promptMalformed`. Such a problem's args are
 * [file, the clause in English, its key here, line, column, …rest]; a translator fills the clause from `args.slice(3)`.
 */
export const promptReasons = {
  frontMatterOpen: 'line {0}, column {1}: the front matter that begins here is not closed by a line of three dashes',
  frontMatterYaml: 'line {0}, column {1}: the front matter is not valid YAML ({2})',
  frontMatterShape: 'line {0}, column {1}: the front matter is not a list of names and values',
  frontMatterLong: 'line {0}, column {1}: the front matter has {2} characters; {3} are read',
  frontMatterDeep: 'line {0}, column {1}: the front matter is nested too deeply',
  tagOpen: 'line {0}, column {1}: {2} is not closed',
  tagUnsupported: 'line {0}, column {1}: {2} is more than a variable, a role or a comment, and is not supported',
  jsonSyntax: 'line {0}, column {1}: this is not JSON, {2} was expected',
  jsonValue: 'line {0}, column {1}: this is not JSON, a value was expected',
  jsonText: 'line {0}, column {1}: this text in quotes is not closed or has an escape that JSON does not know',
  jsonDeep: 'line {0}, column {1}: the JSON is nested more than {2} levels deep',
  chatShape: 'line {0}, column {1}: a chat is a list of messages, or an object with such a list called "messages"',
  chatMessage: 'line {0}, column {1}: a message is an object with "role" and "content"',
  chatRole: 'line {0}, column {1}: a message needs a "role", a word in quotes',
  chatContent: 'line {0}, column {1}: a message needs a "content", a text or a list of text parts',
} as const satisfies Record<string, string>;

export type PromptReason = keyof typeof promptReasons;

export type ProblemCode = keyof typeof catalogue;

/** Plain data: crosses processes. `detail` is for the log, never for the page. */
export interface Problem {
  code: ProblemCode;
  message: string;
  remedy: string;
  args: string[];
  detail?: string;
}

export const problemCatalogue: Record<ProblemCode, readonly [message: string, remedy: string]> = catalogue;

export function fill(template: string, args: readonly string[]): string {
  return template.replace(/\{(\d)\}/g, (_, index) => args[Number(index)] ?? '');
}

export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(code: ProblemCode, args: readonly (string | number)[] = [], detail?: string) {
    const text = args.map(String);
    const [message, remedy] = catalogue[code];
    super(`${fill(message, text)} ${fill(remedy, text)}`);
    this.name = 'ProblemError';
    this.problem = {
      code,
      message: fill(message, text),
      remedy: fill(remedy, text),
      args: text,
      ...(detail ? { detail } : {}),
    };
  }

  static from(problem: Problem): ProblemError {
    // The sentences stay as they came: they may have been translated, or be of a version with more codes.
    const code = Object.hasOwn(catalogue, problem.code) ? problem.code : 'internal';
    return Object.assign(new ProblemError(code, problem.args, problem.detail), { problem });
  }

  /** Any thrown value as a problem; foreign errors become `internal` and keep their stack in `detail`. */
  static wrap(error: unknown): ProblemError {
    if (error instanceof ProblemError) return error;
    if (error instanceof Error && error.name === 'AbortError') return new ProblemError('cancelled');
    const text = error instanceof Error ? error.message : String(error);
    return new ProblemError('internal', [text.split('\n')[0]], error instanceof Error ? error.stack : undefined);
  }
}
