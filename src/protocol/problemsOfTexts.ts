/**
 * Everything that can go wrong with the user's input: command lines, files, texts. A part of the catalogue (problemCatalogue.ts).
 * Imports types only.
 */
import type { Sentences } from './problemKinds';

/** Another command line, or another choice in the panel, mends it. */
export const usage = {
  usage: { message: '{0}', remedy: 'See prompt-lens --help.', elsewhere: true },
  outOfRange: {
    message: '{0} must be between {1} and {2}.',
    remedy: 'Choose another value.',
    clauseAt: 0,
    settled: true,
  },
  choiceEmpty: {
    message: 'The answer "{0}" contains no token.',
    remedy: 'Write at least one character.',
    settled: true,
  },
  targetEmpty: {
    message: 'The target "{0}" contains no token.',
    remedy: 'Write at least one character.',
    settled: true,
    help: 'target',
  },
  patternInvalid: {
    message: '{0} is not a regular expression: {1}.',
    remedy: 'Correct the expression.',
    clauseAt: 1,
    settled: true,
    ofUnits: true,
  },
  templateWithoutSlot: {
    message: 'The template "{0}" has no {1}.',
    remedy: 'Write {1} where each text belongs.',
    settled: true,
  },
  noVariables: {
    message: 'There is no variable in {0}, so {1} has nowhere to go.',
    remedy: 'Leave out --var.',
    elsewhere: true,
  },
  unknownVariable: {
    message: 'No variable of {0} is called {1}.',
    remedy: 'There are: {2}.',
    elsewhere: true,
  },
  outputIsInput: {
    message: 'Writing {0} would overwrite {1}, which this run reads.',
    remedy: 'Choose another name.',
    elsewhere: true,
  },
  outputTwice: {
    message: '{0} and {1} name the same output.',
    remedy: 'Give each output its own name.',
    elsewhere: true,
  },
} as const satisfies Sentences;

/** Nothing failed: the request needs something that is not there. */
export const unmet = {
  noPrompt: {
    message: 'No prompt is open.',
    remedy: 'Open a prompt file, or select text and explain the selection.',
    help: 'example',
    button: 'example',
  },
  noResult: { message: 'There is no result yet.', remedy: 'Show the probabilities first.' },
  emptyPrompt: {
    message: '{0} is empty.',
    remedy: 'Write some text first.',
    namesText: true,
    settled: true,
    ordinary: true,
    help: 'example',
  },
  emptyBody: {
    message: '{0} has nothing after its front matter.',
    remedy: 'Write the prompt below the second line of three dashes.',
    namesText: true,
    settled: true,
    ordinary: true,
    help: 'example',
  },
  nothingToFill: {
    message: '{0} has no variables.',
    remedy: 'Write one as the format of the file does, or open a prompt file that has some.',
    settled: true,
    ordinary: true,
  },
  nothingSelected: {
    message: 'No word of the prompt is selected.',
    remedy: 'Select some words in its editor first.',
    settled: true,
    ordinary: true,
  },
  nothingBefore: {
    message: 'The first token has no probability: nothing comes before it.',
    remedy: 'Select words further on in the prompt.',
    settled: true,
    ordinary: true,
  },
  noStatements: {
    message: '{0} has no statement to judge: none of its sentences could be true or false.',
    remedy: 'Write a sentence that ends with a period.',
    settled: true,
    ordinary: true,
  },
  needsTable: {
    message: '{0} is not a table of labelled texts.',
    remedy: 'Open a .csv with the columns text and label (and group, if rows belong together).',
    settled: true,
    ordinary: true,
  },
  notText: {
    message: '{0} is not open as text here: it is a picture, binary or too large, or another editor shows it.',
    remedy: 'Choose "Reopen Editor With…" and the text editor, or put the part to look at into a new file.',
  },
  noTextEditor: {
    message: '{0} contains no text to look at; the panel still shows {1}.',
    remedy: 'Click into a text, then try again.',
  },
  noCommit: {
    message: '{0} has no committed version: {1}.',
    remedy: 'Commit it first, or pin the present state as the baseline.',
    clauseAt: 1,
  },
  gitOff: {
    message: '{0} cannot be compared with its last commit: {1}.',
    remedy: 'Turn git on (the setting git.enabled), or pin the present state as the baseline.',
    clauseAt: 1,
  },
  folderNotTrusted: {
    message: '{0} cannot be compared with its last commit: git is off in a folder that is not trusted.',
    remedy: 'Trust this folder first (Workspaces: Manage Workspace Trust), or pin the present state as the baseline.',
  },
  noSecondPrompt: {
    message: 'Patching has no second prompt yet.',
    remedy: 'Choose a second prompt on the Patching tab first.',
  },
  cudaInstallerMissing: {
    message: 'The installer of the CUDA libraries is not part of this installation: {0}.',
    remedy: 'Use "auto" or "cpu".',
  },
} as const satisfies Sentences;

/** A file could not be read. */
export const file = {
  runMalformed: {
    message: '{0} is not a saved run of Prompt Lens, or it is damaged.',
    remedy: 'Save the run again.',
    settled: true,
  },
  runNewer: {
    message: '{0} was saved by a newer version of Prompt Lens.',
    remedy: 'Update Prompt Lens to open it.',
    settled: true,
  },
  runTooLarge: {
    message: '{0} is too large for a saved run.',
    remedy: 'Save the run of a shorter text.',
    settled: true,
  },
  recordedOnly: {
    message: 'A saved run shows what was computed when it was saved, and computes nothing.',
    remedy: 'Open the text itself to go on.',
    settled: true,
    ordinary: true,
  },
  fileUnreadable: { message: '{0} cannot be read: {1}.', remedy: 'Check the path and the permissions.', clauseAt: 1 },
  fileNotText: {
    message: '{0} is not UTF-8 text.',
    remedy: 'Save it as UTF-8, or open another file.',
    remedyInEditor: 'Reopen it with its own encoding (in the status bar), or save it as UTF-8.',
  },
  promptNotRead: {
    message: '{0} cannot be read as a prompt: {1}.',
    remedy: 'Use --raw to take it as plain text, or give another file.',
    remedyInEditor: 'Look at it as plain text, or select a part of it and choose Explain Selection.',
    clauseAt: 1,
    namesText: true,
    settled: true,
    help: 'asText',
  },
  promptMalformed: {
    message: '{0} cannot be read as a prompt: {1}.',
    remedy: 'Correct the file, or use --raw to read it as plain text.',
    remedyInEditor: 'Correct the file, or show it as plain text.',
    clauseAt: 1,
    namesText: true,
    settled: true,
    help: 'asText',
  },
  tableMalformed: {
    message: '{0} cannot be read as a table: {1}.',
    remedy: 'Correct the row, or save the table as CSV with a header line.',
    clauseAt: 1,
    settled: true,
  },
  factsMalformed: {
    message: '{0} cannot be read as a list of facts: {1}.',
    remedy: 'Write it like models/truth/facts.json.',
    clauseAt: 1,
  },
  probeMissing: {
    message: 'No truth probe was found for the model {0}.',
    remedy: 'Train one with "prompt-lens probe train", or choose the bundled model.',
    help: 'probe',
  },
  probeMalformed: {
    message: 'The probe file {0} cannot be read: {1}.',
    remedy: 'Choose another probe, or train this one again.',
    clauseAt: 1,
    help: 'probe',
  },
  probeOtherModel: {
    message: 'The probe {0} was trained on a different model than {1}.',
    remedy: "Train a probe for this model, or choose the probe's own model.",
    help: 'probe',
  },
} as const satisfies Sentences;

/** The text, or the question about it, has no answer or is too much. */
export const content = {
  promptTooLong: {
    message: 'The prompt has {0} tokens; this model takes at most {1}.',
    remedy: 'Shorten it, or select the part to look at; about {2} characters fit.',
    help: 'shorten',
  },
  textTooLarge: {
    message: 'The text has {0} characters; Prompt Lens reads up to {1}.',
    remedy: 'Select the part to look at.',
    help: 'shorten',
  },
  statementTooLong: {
    message: 'The text "{0}…" has {1} tokens; this model takes at most {2}.',
    remedy: 'Shorten it, or leave it out.',
  },
  outOfMemory: {
    message: 'There is not enough memory: this needs about {0} MB.',
    remedy: 'Shorten the prompt, or select a part of it.',
    help: 'shorten',
  },
  noTemplate: {
    message: 'The model {0} has no chat template.',
    remedy: 'Use --raw or a plain text file.',
    help: 'model',
  },
  templateFailed: {
    message: "The model's chat template refused these messages: {0}.",
    remedy: 'Check the order of the roles, or choose another model.',
    clauseAt: 0,
  },
  templateRefused: {
    message: "The model's chat template refused message {1} ({2}): {0}.",
    remedy: 'Change that message or its role, or choose another model.',
    clauseAt: 0,
  },
  continueFailed: {
    message: "The model's chat template changes the last message, so it cannot be left open.",
    remedy: 'Leave the option out, or write the whole text as the template would and read it as plain text.',
  },
  nothingToContinue: {
    message: '{0} does not end with an assistant message that could be left open.',
    remedy: 'End it with an assistant message, or leave out --continue.',
    remedyInEditor: 'End it with an assistant message, or switch off "Leave the assistant’s last message open".',
    help: 'none',
  },
  choiceNone: { message: 'No answer is listed.', remedy: 'Write at least one answer.' },
  nothingKept: {
    message:
      'Followed by "{0}", the prompt is cut into different tokens from its first one on, so nothing comes before the text.',
    remedy: 'Write more before it, or let the text begin with a space.',
  },
  noUnits: {
    message: 'There is nothing to explain: the prompt has no unit of this kind.',
    remedy: 'Choose another unit, another expression, or the whole prompt.',
    settled: true,
    ordinary: true,
    ofUnits: true,
  },
  noSlots: {
    message: 'There is nothing to explain: no variable of the prompt has a value.',
    remedy: 'Give a variable a value in the file or with --var, or choose another unit.',
    settled: true,
    ordinary: true,
    ofUnits: true,
  },
  noSelection: {
    message: 'There is nothing to explain: no part of the prompt is selected.',
    remedy: 'Select a part of it in the editor, or choose another unit.',
    settled: true,
    ordinary: true,
    ofUnits: true,
    help: 'again',
  },
  noExamples: {
    message: 'The prompt has no examples before its question.',
    remedy: 'Write some examples, separated by blank lines or bullets.',
    settled: true,
    ordinary: true,
    help: 'example',
  },
  noPoints: {
    message: 'No token matches: there is nothing to draw.',
    remedy: 'Choose another word or expression, or all tokens.',
    settled: true,
    ordinary: true,
  },
  tableTooLong: {
    message: '{0} has {1} rows; Prompt Lens reads up to {2}.',
    remedy: 'Keep fewer rows, or split the file.',
  },
  columnMissing: {
    message: '{0} has no column {1}; it has {2}.',
    remedy: 'Give a column this name in the header line.',
    settled: true,
  },
  tableNotPrompt: {
    message: '{0} is a table of texts, not one prompt.',
    remedy: 'Look at it in the Embeddings tab, or select a text in it and choose Explain Selection.',
    settled: true,
    ordinary: true,
    help: 'table',
  },
  tableGiven: {
    message: '{0} is a table of texts, not one prompt.',
    remedy: 'Use it with "embeddings", "probe" or "truth", or use --raw to read it as plain text.',
  },
  noLabels: {
    message: 'No row of {0} has a text and a label in the column {1}.',
    remedy: 'Fill the column, or choose another one.',
  },
  directionMisfit: {
    message: 'The direction has {0} numbers; the states of this model have {1}.',
    remedy: 'Use a probe that was trained on this model.',
  },
  oneClass: {
    message: 'All rows have the label {0}: there is nothing to tell apart.',
    remedy: 'Add rows of at least one other class.',
    settled: true,
  },
  classOfOneRow: {
    message: '{0} of the {1} labels occur in one row only ("{2}"): such a class cannot be held out.',
    remedy: 'Give every label at least two rows, leave those rows out, or use labels that are numbers.',
  },
  tooFewRows: {
    message: 'The table is too small to hold rows out (rows: {0}, groups: {1}).',
    remedy: 'Use at least {2} rows in at least {3} groups.',
    settled: true,
  },
  notNumbers: {
    message: 'The label "{0}" is not a number.',
    remedy: 'Correct the label, or treat the labels as classes.',
    settled: true,
  },
  notTruthValue: {
    message: 'The label "{0}" is neither true nor false.',
    remedy: 'Write true or false.',
    settled: true,
  },
  patternSlow: {
    message: 'The regular expression {0} takes too long on this text.',
    remedy: 'Write it without one repetition inside another.',
    settled: true,
    ofUnits: true,
  },
  nothingLeft: {
    message: 'The unit is the whole prompt: nothing would be left of it.',
    remedy: 'Choose a smaller unit, or another operator.',
    settled: true,
    ordinary: true,
    ofUnits: true,
  },
  lengthsDiffer: {
    message: 'The two prompts have {0} and {1} tokens.',
    remedy: 'Patching needs equal lengths: add or remove words until the two numbers agree.',
    settled: true,
  },
  nothingToRecover: {
    message: 'Both prompts give the target the same probability.',
    remedy: 'Choose a target or a second prompt that tells them apart.',
    settled: true,
    ordinary: true,
    help: 'target',
  },
  promptClosed: {
    message: '{0} was closed or deleted.',
    remedy: 'Open it again, or open another prompt.',
    help: 'example',
  },
} as const satisfies Sentences;
