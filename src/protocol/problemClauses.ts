/**
 * Clauses that stand inside a problem as an argument ("… is damaged: it is empty."), or say why a provider was refused. They are
 * written where they arise, in English; the host and the page recognise them here and say them in the user's language. What is not
 * listed (the words of an operating system, of a driver) stays as it came. Leaf: imports nothing.
 */
export const problemClauses = [
  // the engine
  'signal {0}',
  'exit code {0}',
  'more than there was',
  'the window closed',
  // providers
  'not in this build of ONNX Runtime',
  '{0} is not installed',
  'no usable graphics adapter',
  'it needs Linux on x64',
  // the command line
  'patching without a second prompt',
  'attention as a saliency method',
  "the model's own answer",
  'texts read as an answer',
  'units by selection',
  'a format given by the language mode',
  'a target of several of its tokens',
  // probe files
  'it is not JSON',
  'it is too large',
  'it is no truth probe of this version',
  '{0} has the wrong size',
  'it has no direction',
  '{0} is missing or not what it should be',
  // tables
  'line {0}: a quote that opens here is not closed',
  'line {0} has another number of cells ({1}) than the first line ({2})',
  // files
  'there is no such file',
  'it is a folder',
  'it is not a plain file',
  'permission denied',
  'the disk is read-only',
  'the disk reports an error',
  'a part of its path is not a folder',
  'another program uses it',
  'its name is too long',
  'its links lead in a circle',
  'its name has a character that Windows does not allow',
  'its name ends in a dot or a space',
  'Windows keeps this name for a device',
  'the disk takes no file of this size',
  'the model',
  'the probe',
  'The text',
  'The token id',
  'The layer',
  'The point',
  // model files
  'it is empty',
  'it is not a GGUF file',
  'it is a big-endian GGUF file',
  'it is GGUF version {0}, not 2 or 3',
  'it announces more {0} than it can hold',
  'tensors',
  'metadata entries',
  'bytes in one string',
  'array entries',
  'a metadata entry has no name',
  'a metadata entry has the unknown type {0}',
  'metadata arrays are nested too deeply',
  'a tensor has no name',
  'a tensor has {0} dimensions',
  'it ends in the middle of its header',
  'its header is larger than 48 MB',
  'it became shorter while it was read',
  'it became shorter than its tensor {0}',
  'its alignment is {0}, not a power of two',
  'it holds the tensor {0} twice',
  'the tensor {0} is stored as {1}',
  'the tensor {0} has the impossible shape {1} for {2}',
  'the tensor {0} lies beyond the end of the file',
  'the tensor {0} is missing',
  'the tensor {0} is {1}, not {2}',
  '{0} is {1}, not a whole number from {2} to {3}',
  '{0} is not {1}',
  'a number',
  'a text',
  'true or false',
  'a list of texts',
  'a list of numbers',
  '{0} is missing',
  '{0} heads of {1} channels cannot share {2} keys',
  'its keys and values differ in width',
  'its rotary base or norm epsilon is negative',
  'its family is {0}',
  'the family "{0}" is not one of {1}',
  'it is a mixture of experts',
  'its rotary positions are scaled ({0})',
  'only {0} of the {1} channels of its heads rotate',
  'it is one of {0} parts',
  'it says {0} = {1}, which Prompt Lens does not compute',
  'it has the tensor {0}, which Prompt Lens does not compute',
  'it holds the metadata entry {0} twice',
  'the tensors {0} and {1} lie on the same bytes',
  'its tokenizer does not give back the text {0}',
  'bytes in one name',
  'a list',
  // chat templates
  'it took longer than {0} s',
  'it needed more than {0} MB of memory',
  'it wrote more than {0} characters',
  'it is nested too deeply',
  'it gave no reason',
  'the process for it did not start',
  'the process for it cannot be started: {0}',
  // tokenizers
  'its tokenizer is {0}, not a byte-level BPE',
  'its tokenizer is SentencePiece, as in Llama 2, Mistral 7B and TinyLlama, not a byte-level BPE',
  'it does not say how its tokenizer cuts words: {0} is missing',
  'it does not say how its tokenizer cuts words: {0} is only "default"',
  'how its tokenizer cuts words is not known here: {0} is "{1}"',
  'it has {0} tokens and {1} token types',
  'a merge of its tokenizer is not a pair',
] as const;

const patterns = problemClauses.map((clause) => ({ clause, pattern: patternOf(clause) }));

function patternOf(clause: string): RegExp {
  const literal = clause.replace(/[()?.*+^$|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/\{\d\}/g, '(.+?)')}$`, 's');
}

/** The clause in the language of `translate`, its parts included; several clauses are separated by "; ", each may follow "name: ". */
export function sayClauses(text: string, translate: (english: string) => string): string {
  return text
    .split('; ')
    .map((part) => sayClause(part, translate))
    .join('; ');
}

function sayClause(text: string, translate: (english: string) => string): string {
  const [, name, clause] = /^(\w+: )?(.*)$/s.exec(text) as unknown as [string, string | undefined, string];
  for (const { clause: known, pattern } of patterns) {
    const parts = pattern.exec(clause)?.slice(1);
    if (!parts) continue;
    const said = parts.map((part) => sayClause(part, translate));
    return (name ?? '') + translate(known).replace(/\{(\d)\}/g, (_, index) => said[Number(index)]);
  }
  return text;
}
