/**
 * Clauses that are part of a problem ("… is damaged: it is empty."), name its subject ("The layer must be …"), or say why a
 * provider was refused. They are plain data where they arise and become words only where they are read. The host and the page say
 * them in the user's language, the command line in English. Leaf: imports nothing.
 */
export const clauses = {
  /** Words from outside (a system, a driver, a library, a template), and names: the same in every language. */
  verbatim: '{0}',
  row: '{0}; {1}',
  of: '{0}: {1}',

  // the engine
  signal: 'signal {0}',
  exitCode: 'exit code {0}',
  crashed: 'it crashed with {0}',
  lacksInstruction: 'this processor lacks an instruction that it uses, {0}',
  libraryMissing: 'a system library that it needs is missing or incompatible, {0}',
  lostFile: 'a file that it read was truncated, or its disk failed, {0}',
  endedByForce: 'the system or another program ended it with {0}',
  endedFromOutside: 'another program ended it with {0}',
  metLimit: 'it reached a limit that is set for it, {0}',
  moreThanThereWas: 'more than was available',
  windowClosed: 'the window closed',
  panelHidden: 'the panel was hidden',
  disconnected: 'disconnected',
  noModelLoaded: 'no model is loaded',
  noTensor: 'the model has no tensor {0}',

  // providers
  notInBuild: 'not in this build of ONNX Runtime',
  notInstalled: '{0} is not installed',
  noAdapter: 'no usable graphics adapter',
  needsLinux: 'it needs Linux on x64',

  // the last commit
  gitOff: 'the git extension is off',
  gitSwitchedOff: 'git is switched off in the settings',
  noRepository: 'it is in no repository',
  noCommitYet: 'the repository has no commit yet',
  notInCommit: 'the last commit does not contain it',

  // what a problem is about
  theModel: 'the model',
  theProbe: 'the probe',
  untitled: 'untitled',
  text: 'The text',
  prompt: 'The prompt',
  secondPrompt: 'The second prompt',
  tokenId: 'The token id',
  layer: 'The layer',
  head: 'The head',
  point: 'The point',
  position: 'The position',
  targetPosition: 'The position of the target',
  replacement: 'The replacement token',
  numberOfHeads: 'The number of heads',
  numberOfTokens: 'The number of tokens',
  numberOfRuns: 'The number of runs',
  temperature: 'The temperature',
  repetitionPenalty: 'The repetition penalty',
  seed: 'The seed',

  // regular expressions
  flagsUnknown: 'the flags {0} are not among d, g, i, m, s, u, v, y',
  longerThan: 'it is longer than {0} characters',

  // probe files and lists of facts
  notJson: 'it is not JSON',
  tooLarge: 'it is too large',
  notThisVersion: 'it is not a truth probe of this version',
  wrongSize: '{0} has the wrong size',
  noDirection: 'it has no direction',
  fieldWrong: '{0} is missing or invalid',
  noTopics: 'it has no list "topics"',
  topicIncomplete: 'topic {0} has no name, no templates, or a wrong "alsoTrue"',
  templateIncomplete: 'a template of the topic {0} has no "forms" or no facts',

  // tables
  quoteOpen: 'line {0}: the quotation mark that opens here is not closed',
  rowUneven: 'line {0} and the first line have different numbers of cells ({1} and {2})',

  // what formats of prompt files are called
  promptFile: 'prompt file',
  instructions: 'instructions',
  conversation: 'conversation',
  lineOfIt: 'a line of it',

  // prompt files
  frontMatterOpen: 'line {0}, column {1}: the front matter that begins here is not closed by a line of three dashes',
  frontMatterYaml: 'line {0}, column {1}: the front matter is not valid YAML ({2})',
  frontMatterShape: 'line {0}, column {1}: the front matter is not a list of names and values',
  frontMatterLong: 'line {0}, column {1}: the front matter has {2} characters; {3} are read',
  frontMatterDeep: 'line {0}, column {1}: the front matter is nested too deeply',
  tagOpen: 'line {0}, column {1}: {2} is not closed',
  tagUnsupported: 'line {0}, column {1}: {2} is not rendered here',
  templateUnexpected: 'line {0}, column {1}: {2} is not expected here',
  templateUnknown: 'line {0}, column {1}: {2} is not known',
  templateUnfit: 'line {0}, column {1}: the values do not fit {2}',
  templateDeep: 'line {0}, column {1}: the template is nested too deeply at {2}',
  templateLarge: 'line {0}, column {1}: the template makes too much text or runs too long',
  partialMissing: 'line {0}, column {1}: there is no file {2} beside this one',
  noteBesideMissing: 'The file {0}, which holds values, is not in the folder of this one.',
  noteBesideMalformed: 'The file {0}, which holds values, cannot be read.',
  noteProgram: 'Values that a program makes are missing, since programs are never run here: {0}.',
  notePromptBeside: 'The prompt is that of the file {0}.',
  noteFirstValue: 'Of several values the first is filled in: {0}.',
  partialFault: 'line {0}, column {1}: the file {2} that is put in here cannot be rendered',
  jsonSyntax: 'line {0}, column {1}: this is not JSON, {2} was expected',
  jsonEnd: 'the end of the file',
  jsonValue: 'line {0}, column {1}: this is not JSON, a value was expected',
  jsonText: 'line {0}, column {1}: this text in quotes is not closed or has an escape that JSON does not know',
  jsonDeep: 'line {0}, column {1}: the JSON is nested more than {2} levels deep',
  yamlSyntax: 'line {0}, column {1}: this is not valid YAML ({2})',
  yamlLong: 'line {0}, column {1}: the YAML has {2} characters; {3} are read',
  yamlDeep: 'line {0}, column {1}: the YAML is nested too deeply',
  yamlShape:
    'line {0}, column {1}: this YAML is none of the prompts that are read: "messages" (GitHub Models), "template" (Semantic Kernel, LangChain), "prompts" (promptfoo, .NET DotPrompt)',
  tomlShape: 'line {0}, column {1}: this TOML has no "prompt" in quotes, as a command of Gemini CLI has',
  modelfileShape: 'line {0}, column {1}: this Modelfile has neither SYSTEM nor MESSAGE',
  modelfileQuotes: 'line {0}, column {1}: these quotes are not closed at the end of a line',
  noteModelfileTemplate:
    'TEMPLATE, into which Ollama puts the conversation, is not used: the chat template of the open model is.',
  foreignFormat: 'line {0}, column {1}: this is {2}, a format of other tools that is known here by name only',
  modelTemplate:
    'line {0}, column {1}: this is a model’s own chat template, which a program fills with the messages of a conversation; it holds no prompt itself',
  templateFormat: 'line {0}, column {1}: the template is written in {2}, a language that is not rendered here',
  promptProgram: 'line {0}, column {1}: this prompt is made by a program, {2}, and programs are never run here',
  promptElsewhere: 'line {0}, column {1}: this prompt stands in another file, {2}; open that one',
  lineEmpty: 'line {0}, column {1}: nothing is written on this line',
  lineMissing: 'line {0}, column {1}: the file ends here and has no line {2}; its last is line {3}',
  jsonTemplate:
    'line {0}, column {1}: {2} is a statement of a template, and only its own tool turns such a file into JSON',
  chatShape:
    'line {0}, column {1}: {2} is no conversation; lists of messages ("role", "content"), requests ("messages", "contents", "input", "prompt") and rows of data sets ("conversations", "instruction") are read',
  foundList: 'this list',
  foundText: 'this text',
  foundValue: 'this value',
  foundEmpty: 'this empty object',
  foundObject: 'this object with {0}',
  chatMessage: 'line {0}, column {1}: a message is an object with "role" and "content"',
  chatRole: 'line {0}, column {1}: a message needs a "role", a word in quotes',
  chatContent: 'line {0}, column {1}: a message needs a "content", a text or a list of text parts',

  // what was read of a prompt file, and what was not
  noteLeftOut: 'Left out, because it is not text: {0}.',
  onePicture: '1 picture',
  pictures: '{0} pictures',
  oneSound: '1 sound',
  sounds: '{0} sounds',
  oneVideo: '1 video',
  videos: '{0} videos',
  oneDocument: '1 document',
  documents: '{0} documents',
  oneToolCall: '1 tool call',
  toolCalls: '{0} tool calls',
  oneToolResult: '1 tool result',
  toolResults: '{0} tool results',
  oneThought: '1 hidden thought',
  thoughts: '{0} hidden thoughts',
  oneOtherPart: '1 other part',
  otherParts: '{0} other parts',
  noteUnread: 'Not read, although a model may be given it: {0}.',
  noteForeign: 'This is {0}, a format of other tools that is known here by name only; it is shown as it stands.',
  noteContinue: 'This is a prompt file of Continue; the lines above the dashes are its settings.',
  noteTagsKept: '{0} stays as it is written: in this format only a tag with nothing but a name is filled in.',
  noteWindowsLineEnds: 'The file has Windows line ends; each is read as one line break.',
  noteOldLineEnds: 'The file has carriage returns; each is read as a line break.',
  noteInvisible: 'The text has characters that cannot be seen: {0}.',
  noteLineOf: 'This is line {0} of {1} in the file.',
  notePromptOf: 'This is prompt {0} of {1} in the file.',
  notePromptWithin: 'In the list that stands there it is prompt {0} of {1}.',
  noteTestOf: 'Its values are those of test {0} of {1}.',
  notePromptName: 'The file calls it {0}.',
  noteRow: 'This is a row of a data set: {0} is read as the user’s message, {1} as the assistant’s.',
  noteRowAsked: 'This is a row of a data set: {0} is read as the user’s message.',
  promptNumber: 'The number of the prompt',
  testNumber: 'The number of the test',

  // files
  noSuchFile: 'there is no such file',
  isFolder: 'it is a folder',
  folderNotMade: 'the folder cannot be created',
  notPlainFile: 'it is not a plain file',
  permissionDenied: 'permission denied',
  diskFull: 'the disk is full',
  diskReadOnly: 'the disk is read-only',
  diskError: 'the disk reports an error',
  pathNoFolder: 'a part of its path is not a folder',
  inUse: 'another program uses it',
  nameTooLong: 'its name is too long',
  linksInCircle: 'its links form a circle',
  nameCharacter: 'its name has a character that Windows does not allow',
  nameEnd: 'its name ends in a dot or a space',
  deviceName: 'Windows keeps this name for a device',
  diskTakesNoSuchSize: 'the disk cannot hold a file of this size',

  // model files: the header
  empty: 'it is empty',
  notGguf: 'it is not a GGUF file',
  bigEndian: 'it is a big-endian GGUF file',
  ggufVersion: 'it is GGUF version {0}, not 2 or 3',
  announcesMore: 'it announces more {0} than it can contain',
  tensors: 'tensors',
  metadataEntries: 'metadata entries',
  bytesInName: 'bytes in one name',
  bytesInString: 'bytes in one string',
  arrayEntries: 'array entries',
  entryUnnamed: 'a metadata entry has no name',
  entryTypeUnknown: 'a metadata entry has the unknown type {0}',
  entryTwice: 'it contains the metadata entry {0} twice',
  arraysTooDeep: 'metadata arrays are nested too deeply',
  tensorUnnamed: 'a tensor has no name',
  tensorDimensions: 'a tensor has {0} dimensions',
  headerCut: 'it ends in the middle of its header',
  headerTooLarge: 'its header is larger than 48 MB',
  becameShorter: 'it became shorter while it was read',
  shorterThanTensor: 'it became shorter than its tensor {0}',

  // model files: metadata
  notOfKind: '{0} is not {1}',
  aNumber: 'a number',
  aText: 'a text',
  trueOrFalse: 'true or false',
  aList: 'a list',
  listOfTexts: 'a list of texts',
  listOfNumbers: 'a list of numbers',
  missing: '{0} is missing',
  notWithin: '{0} is {1}, not a whole number from {2} to {3}',
  alignment: 'its alignment is {0}, not a power of two',
  headsDoNotShare: '{0} heads of {1} channels cannot share {2} keys',
  widthsDiffer: 'its keys and values differ in width',
  negativeBase: 'its rotary base or norm epsilon is negative',
  family: 'its family is {0}',
  familyNotAmong: 'the family "{0}" is not one of {1}',
  mixtureOfExperts: 'it is a mixture of experts',
  positionsScaled: 'its rotary positions are scaled ({0})',
  partRotates: 'only {0} of the {1} channels of its heads rotate',
  oneOfParts: 'it is one of {0} parts',
  notOnnx: 'it is no ONNX file',
  onnxOfOther:
    'it is an ONNX graph by {0} that is not a text decoder as optimum and onnxruntime-genai export it (at {1})',
  notThatPart: 'it does not hold what its name says, part {0} of {1}',
  assumesActivation: 'a GGUF file does not say which GELU this family uses: the exact one is assumed, as in Pythia',
  assumesPattern:
    'it does not say which layers have a window, nor how its scores are scaled: the pattern of the published models and 1/√(head width) are assumed',
  assumesFourth: 'a GGUF file does not say which layers rotate: all but every fourth are assumed to, as in SmolLM3',
  assumesNoWindow: 'it does not say whether its layers have a window: none is assumed',
  saysNotComputed: 'it says {0} = {1}, which Prompt Lens does not compute',

  // model files: tensors
  tensorTwice: 'it contains the tensor {0} twice',
  tensorsOverlap: 'the tensors {0} and {1} occupy the same bytes',
  tensorStored: 'the tensor {0} is stored as {1}',
  tensorShape: 'the tensor {0} has the impossible shape {1} for {2}',
  tensorBeyond: 'the tensor {0} lies beyond the end of the file',
  tensorMissing: 'the tensor {0} is missing',
  tensorNot: 'the tensor {0} is {1}, not {2}',
  tensorNotComputed: 'it has the tensor {0}, which Prompt Lens does not compute',

  // model folders
  folderLacks: 'the folder has no file {0}',
  notSafetensors: 'it is not a safetensors file',
  namesNoPart: '{0} names {1}, which is no file of this folder',
  manyModels: 'the folder holds several models: {0}',

  // model files: the tokenizer
  tokenizerAsks: 'its tokenizer.json asks for {0}, which Prompt Lens does not do',
  expressionEndless: 'a regular expression of its tokenizer.json does not finish on a text of {0} characters',
  tokenBeyondRows: 'its tokenizer has the token {0}, and its table {1} rows',
  notSentencePiece: 'it is not a SentencePiece model',
  tableDamaged: 'the table {0} of its tokenizer is damaged',
  unigramScores: 'its tokenizer has an entry without a score',
  tokenizerOther: 'its tokenizer is of a kind that is not known here: {0}',
  cuttingMissing:
    'it does not say how its tokenizer cuts words ({0} is missing): they are cut as llama.cpp cuts them by default, perhaps not as the model learnt them',
  cuttingDefault:
    'it says only "default" of how its tokenizer cuts words ({0}): they are cut as llama.cpp cuts them by default, perhaps not as the model learnt them',
  cuttingUnknown: 'its tokenizer cuts words in a way that is not known here: {0} is "{1}"',
  tokenTypes: 'it has {0} tokens and {1} token types',
  tokenScores: 'it has {0} tokens and {1} scores',
  mergeNoPair: 'a merge of its tokenizer is not a pair',
  tokenizerLossy: 'its tokenizer does not give back the text {0}',

  // chat templates
  tookLonger: 'it took longer than {0} s',
  neededMemory: 'it needed more than {0} MB of memory',
  wroteMore: 'it wrote more than {0} characters',
  nestedTooDeep: 'it is nested too deeply',
  noReason: 'it gave no reason',
  processNotStarted: 'the process for it did not start',
  processCannotStart: 'the process for it cannot be started: {0}',
} as const satisfies Record<string, string>;

export type ClauseKey = keyof typeof clauses;

/** Plain data: crosses processes. */
export interface Clause {
  clause: ClauseKey;
  args: Argument[];
}

/** An argument of a sentence: a name, a number as it is written, or a clause with arguments of its own. */
export type Argument = string | Clause;

export function clause(key: ClauseKey, ...args: readonly (Argument | number)[]): Clause {
  return { clause: key, args: args.map(argument) };
}

/** Words from outside, and names. */
export const verbatim = (words: string): Clause => clause('verbatim', words);

/** The message of an error from outside. */
export const saidBy = (error: unknown): Clause => verbatim(error instanceof Error ? error.message : String(error));

/** Clauses joined one after another; there must be at least one. */
export const inRow = (all: readonly Clause[]): Clause => all.reduce((before, next) => clause('row', before, next));

export const argument = (value: Argument | number): Argument => (typeof value === 'number' ? String(value) : value);

/** Replaces `{0}` … by the arguments, as plain text; a missing argument becomes empty. */
export function fill(template: string, args: readonly string[]): string {
  return template.replace(/\{(\d)\}/g, (_, index) => args[Number(index)] ?? '');
}

/** `translate`: turns an English template of `clauses` into another language. */
export function wordsOf(said: Argument, translate = (english: string): string => english): string {
  if (typeof said === 'string') return said;
  return fill(
    translate(clauses[said.clause]),
    said.args.map((each) => wordsOf(each, translate)),
  );
}
