/**
 * How each `tokenizer.ggml.pre` cuts a text into words before byte-pair merging. Each follows the pre_tokenizer in the published
 * tokenizer.json of the model that gave it its name (as does llama.cpp's llm_tokenizer_bpe). A name that is not here is refused, as
 * are `default` and a missing one: their meaning differs from tool to tool (llama.cpp applies four patterns in turn and warns,
 * transformers takes GPT-2's), so no cut is known to be the model's own. The patterns go through `Split`, whose translation of \s
 * and \p keeps Unicode's classes; the library's own ByteLevel pattern would use JavaScript's white space, which differs in U+0085
 * and U+FEFF.
 */
import type { TokenizerConfigPreTokenizer } from './tokenizerConfig';

export interface PreTokenizer {
  steps: TokenizerConfigPreTokenizer[];
  /** The text is normalised to NFC first. */
  composes: boolean;
  /** A word that is an entry is taken whole, whatever the merges say. */
  wholeWords: boolean;
  /** Whether a text begins with the token for its beginning, where the file does not specify it. */
  addsBegin: boolean;
}

const split = (regex: string): TokenizerConfigPreTokenizer => ({
  type: 'Split',
  pattern: { Regex: regex },
  behavior: 'Isolated',
  invert: false,
});
const bytes: TokenizerConfigPreTokenizer = { type: 'ByteLevel', add_prefix_space: false, use_regex: false };

const gpt2Words = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const wordsWithDigits = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

const plain = { composes: false, wholeWords: false, addsBegin: false };
const gpt2: PreTokenizer = { ...plain, steps: [split(gpt2Words), bytes] };
const llama3: PreTokenizer = {
  ...plain,
  steps: [split(wordsWithDigits('\\p{N}{1,3}')), bytes],
  wholeWords: true,
  addsBegin: true,
};

/** Every digit is a word of its own before GPT-2's pattern cuts the text between them. */
const digitsFirst: PreTokenizer = { ...plain, steps: [split('\\p{N}'), split(gpt2Words), bytes] };

const byName = new Map<string, PreTokenizer>([
  ['gpt-2', gpt2],
  ['llama-bpe', llama3],
  ['llama3', llama3],
  ['llama-v3', llama3],
  ['qwen2', { ...plain, steps: [split(wordsWithDigits('\\p{N}')), bytes], composes: true }],
  ['smollm', digitsFirst],
]);

/** The byte alphabet, behind GPT-2's own cut or behind other steps alone. */
export const byteLevelSteps = (cuts: boolean): TokenizerConfigPreTokenizer[] => (cuts ? gpt2.steps : [bytes]);

/** Undefined for a name that Prompt Lens does not know. */
export function preTokenizerNamed(name: string): PreTokenizer | undefined {
  return byName.get(name);
}
