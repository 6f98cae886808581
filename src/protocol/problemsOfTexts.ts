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
    message: 'The answer "{0}" becomes no token.',
    remedy: 'Write at least one character.',
    settled: true,
  },
  targetEmpty: {
    message: 'The target "{0}" becomes no token.',
    remedy: 'Write at least one character.',
    settled: true,
    help: 'target',
  },
  patternInvalid: {
    message: '{0} is not a regular expression: {1}.',
    remedy: 'Correct it.',
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
    message: 'Writing {0} would destroy {1}, which is read here.',
    remedy: 'Choose another name.',
    elsewhere: true,
  },
  outputTwice: { message: '{0} and {1} name the same output.', remedy: 'Give each its own.', elsewhere: true },
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
    remedy: 'Select some in its editor first.',
    settled: true,
    ordinary: true,
  },
  nothingBefore: {
    message: 'Nothing stands before the first token: it has no probability.',
    remedy: 'Select words further on.',
    settled: true,
    ordinary: true,
  },
  noStatements: {
    message: '{0} has no statement to judge: no sentence that could be true or false.',
    remedy: 'Write one that ends with a period.',
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
    message: '{0} holds no text to look at; the panel still shows {1}.',
    remedy: 'Click into a text, then ask again.',
  },
  noCommit: {
    message: '{0} has no committed version: {1}.',
    remedy: 'Commit it first, or pin the present state as the baseline.',
    clauseAt: 1,
  },
  noSecondPrompt: {
    message: 'Patching has no second prompt yet.',
    remedy: 'Choose one on the Patching tab first.',
  },
  cudaInstallerMissing: {
    message: 'The installer of the CUDA libraries is not part of this installation: {0}.',
    remedy: 'Use "auto" or "cpu".',
  },
} as const satisfies Sentences;

/** A file could not be read. */
export const file = {
  fileUnreadable: { message: '{0} cannot be read: {1}.', remedy: 'Check the path and the permissions.', clauseAt: 1 },
  fileNotText: { message: '{0} is not UTF-8 text.', remedy: 'Save it as UTF-8, or open another file.' },
  promptMalformed: {
    message: '{0} cannot be read as a prompt: {1}.',
    remedy: 'Correct it, or use --raw to take it as plain text.',
    remedyInEditor: 'Correct it, or look at it as plain text.',
    clauseAt: 1,
    namesText: true,
    settled: true,
    help: 'asText',
  },
  tableMalformed: {
    message: '{0} cannot be read as a table: {1}.',
    remedy: 'Correct the row, or save it as CSV with a header line.',
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
    remedy: 'Choose another one, or train it again.',
    clauseAt: 1,
    help: 'probe',
  },
  probeOtherModel: {
    message: 'The probe {0} was trained on another model than {1}.',
    remedy: 'Train one for this model, or choose its model.',
    help: 'probe',
  },
} as const satisfies Sentences;

/** The text, or the question about it, has no answer or is too much. */
export const content = {
  promptTooLong: {
    message: 'The prompt has {0} tokens; this model takes {1}.',
    remedy: 'Shorten it, or select the part to look at; about {2} characters fit.',
    help: 'shorten',
  },
  textTooLarge: {
    message: 'The text has {0} characters; Prompt Lens reads up to {1}.',
    remedy: 'Select the part to look at.',
    help: 'shorten',
  },
  statementTooLong: {
    message: 'The text "{0}…" has {1} tokens; this model takes {2}.',
    remedy: 'Shorten it, or leave it out.',
  },
  outOfMemory: {
    message: 'Not enough memory: this needs about {0} MB.',
    remedy: 'Shorten the prompt or select a passage.',
    help: 'shorten',
  },
  noTemplate: {
    message: 'The model {0} has no chat template.',
    remedy: 'Use --raw, or a plain text file.',
    help: 'model',
  },
  templateFailed: {
    message: "The model's chat template refused these messages: {0}.",
    remedy: 'Check the order of the roles, or choose another model.',
    clauseAt: 0,
  },
  continueFailed: {
    message: "The model's chat template changes the last message, so it cannot be left open.",
    remedy: 'Let it end, or write the text as the template would and take it as plain text.',
  },
  nothingToContinue: {
    message: '{0} does not end with a message of the assistant that could be left open.',
    remedy: 'Let it end with one, or leave out --continue.',
    remedyInEditor: 'Let it end with one, or switch off "Leave the assistant’s last message open".',
    help: 'none',
  },
  choiceNone: { message: 'No answer is listed.', remedy: 'Write at least one.' },
  nothingKept: {
    message:
      'Together with "{0}" the prompt is cut into other tokens from its first one on: nothing stands before the text.',
    remedy: 'Write more in front, or let the text begin with a space.',
  },
  noUnits: {
    message: 'There is nothing to explain: no unit of this kind is in the prompt.',
    remedy: 'Choose another unit, another expression, or the whole prompt.',
    settled: true,
    ordinary: true,
    ofUnits: true,
  },
  noSlots: {
    message: 'There is nothing to explain: no variable of the prompt has a value.',
    remedy: 'Give one a value in the file or with --var, or choose another unit.',
    settled: true,
    ordinary: true,
    ofUnits: true,
  },
  noSelection: {
    message: 'There is nothing to explain: nothing of the prompt is selected.',
    remedy: 'Select a part of it in the editor, or choose another unit.',
    settled: true,
    ordinary: true,
    ofUnits: true,
    help: 'again',
  },
  noExamples: {
    message: 'The prompt has no examples before its question.',
    remedy: 'Write some, set off by blank lines or bullets.',
    settled: true,
    ordinary: true,
    help: 'example',
  },
  noPoints: {
    message: 'No token fits: there is nothing to draw.',
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
    remedy: 'Name a column so in its header line.',
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
    remedy: 'Give it to "embeddings", "probe" or "truth", or use --raw to take it as plain text.',
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
    remedy: 'Give rows of at least two classes.',
    settled: true,
  },
  classOfOneRow: {
    message: '{0} of the {1} labels stand in one row only ("{2}"): such a class cannot be held out.',
    remedy: 'Give every label at least two rows, leave those rows out, or let the labels be numbers.',
  },
  tooFewRows: {
    message: 'Too few to hold some out (rows: {0}, groups: {1}).',
    remedy: 'Give at least {2} rows in at least {3} groups.',
    settled: true,
  },
  notNumbers: {
    message: 'The label "{0}" is not a number.',
    remedy: 'Correct it, or let the labels be classes.',
    settled: true,
  },
  notTruthValue: {
    message: 'The label "{0}" is neither true nor false.',
    remedy: 'Write true or false.',
    settled: true,
  },
  patternSlow: {
    message: 'The regular expression {0} takes too long on this text.',
    remedy: 'Write it without repetitions inside repetitions.',
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
    remedy: 'Patching needs equal lengths: add or remove words until they agree.',
    settled: true,
  },
  nothingToRecover: {
    message: 'Both prompts give the target the same probability.',
    remedy: 'Choose a target, or a second prompt, that tells them apart.',
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
