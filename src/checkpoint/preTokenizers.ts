/**
 * How each `tokenizer.ggml.pre` cuts a text into words before byte-pair merging. The names and what each implies are those of llama.cpp
 * (src/llama-vocab.cpp, llama_vocab::impl::load). A name that is not here is refused. The patterns go through `Split`, whose
 * translation of \s and \p keeps Unicode's classes; the library's own ByteLevel pattern would use JavaScript's white space, which
 * differs in U+0085 and U+FEFF.
 */
import type { TokenizerConfigPreTokenizer } from './tokenizerConfig';
import * as words from './wordPatterns';

export interface PreTokenizer {
  steps: TokenizerConfigPreTokenizer[];
  /** The text is normalised to NFC first. */
  composes: boolean;
  /** A word that is an entry is taken whole, whatever the merges say. */
  wholeWords: boolean;
  /** Whether a text begins with the token for its beginning, where the file does not specify it. */
  addsBegin: boolean;
  /** The file whose own regular expressions cut: they may backtrack without end. */
  brought?: string;
}

const split = (regex: string): TokenizerConfigPreTokenizer => ({
  type: 'Split',
  pattern: { Regex: regex },
  behavior: 'Isolated',
  invert: false,
});
const bytes: TokenizerConfigPreTokenizer = { type: 'ByteLevel', add_prefix_space: false, use_regex: false };

interface Family {
  names: string;
  patterns: readonly string[];
  composes?: true;
  wholeWords?: true;
  addsBegin?: true;
}

const digit = '\\p{N}';
const upToThree = '\\p{N}{1,3}';
const deepSeek3 = [upToThree, words.hanAndKana, words.signWords('[\\r\\n]*|\\s*[\\r\\n]+')];

/** What llama.cpp applies where a file does not name its cut. */
const defaultPatterns = ['[\\p{P}\\$\\+<=>\\^~\\|]+', words.gpt2Words, '\\p{N}+', '[0-9][0-9][0-9]'];

const table: readonly Family[] = [
  { names: 'default', patterns: defaultPatterns },
  {
    names: 'llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano',
    patterns: [words.gpt4Words(upToThree)],
    wholeWords: true,
    addsBegin: true,
  },
  { names: 'dbrx smaug-bpe chatglm-bpe', patterns: [words.gpt4Words(upToThree)] },
  { names: 'glm4 glm5', patterns: [words.gpt4Words(upToThree)], wholeWords: true },
  { names: 'qwen2 deepseek-r1-qwen kormo f2llmv2 megrez', patterns: [words.gpt4Words(digit)], composes: true },
  { names: 'stablelm2 hunyuan solar-open grok-2', patterns: [words.gpt4Words(digit)] },
  { names: 'qwen35', patterns: [words.wordsWithMarks] },
  {
    names:
      'gpt-2 phi-2 jina-es jina-de gigachat jina-v2-es jina-v2-de a.x-4.0 mellum modern-bert jina-v1-en jina-v2-code roberta-bpe jais exaone4 trillion granite-docling',
    patterns: [words.gpt2Words],
  },
  { names: 'mpt olmo', patterns: [words.gpt2Words], composes: true },
  {
    names: 'smollm starcoder refact command-r codeshell exaone minerva-7b mellum2',
    patterns: [digit, words.gpt2Words],
  },
  {
    names: 'gpt-4o llama4 kanana2 talkie minimax-m2',
    patterns: [words.casedWords(upToThree, words.optionalEndings)],
  },
  {
    names: 'granite-embed-multi-97m',
    patterns: [words.casedWords(upToThree, words.optionalEndings)],
    wholeWords: true,
  },
  { names: 'tekken', patterns: [words.casedWords(digit, '')], wholeWords: true, addsBegin: true },
  { names: 'tiny_aya cohere2moe', patterns: [words.groupsOfThree, words.casedWords(upToThree, words.optionalEndings)] },
  {
    names: 'youtu',
    patterns: [words.hangulOrHan, words.casedWords(digit, words.optionalEndings)],
    wholeWords: true,
  },
  {
    names: 'deepseek-llm',
    patterns: ['[\\r\\n]', words.casedLetterWords, words.deepSeekSigns, '\\s+$', words.hanAndHangul, '\\p{N}+'],
  },
  { names: 'deepseek-coder', patterns: ['[\\r\\n]', '\\s?\\p{L}+', '\\s?\\p{P}+', words.hanAndHangul, digit] },
  { names: 'deepseek-v3 hunyuan-dense joyai-llm hy_v4', patterns: deepSeek3 },
  { names: 'spark2_5', patterns: [upToThree, words.hanAndKana, words.signWords('|[\\r\\n]'), digit] },
  { names: 'falcon', patterns: ['[\\p{P}\\$\\+<=>\\^~\\|`]+', words.gpt2Words, '[0-9][0-9][0-9]'] },
  { names: 'poro-chat bloom gpt3-finnish', patterns: [words.sentenceWords] },
  { names: 'viking', patterns: [words.sentenceWords, digit] },
  { names: 'jais-2', patterns: [words.wordsWithRuns] },
  { names: 'minicpm5', patterns: [upToThree, words.gpt4Words('\\p{N}+')], wholeWords: true },
  { names: 'superbpe', patterns: ['\\p{N}+', '(?=(?:[0-9]{3})+(?![0-9]))'] },
  { names: 'kimi-k2', patterns: [words.kimiWords] },
  { names: 'bailingmoe bailingmoe2 llada-moe', patterns: [words.bailingWords] },
  { names: 'seed-coder', patterns: [words.seedWords] },
  { names: 'ufakzeka', patterns: [words.wordsWithoutEndings] },
  { names: 'afmoe', patterns: [words.groupsOfThree, words.asianScripts, words.signWords('[\\r\\n]*|\\s*[\\r\\n]+')] },
  { names: 'laguna', patterns: ['[^\\n]+|[\\n]+', words.gpt4Words(digit)] },
  { names: 'exaone-moe', patterns: [words.exaoneWords] },
  { names: 'chameleon', patterns: words.chameleonPatterns, addsBegin: true },
];

const byName = new Map(
  table.flatMap(({ names, patterns, composes = false, wholeWords = false, addsBegin = false }) => {
    const pre: PreTokenizer = { steps: [...patterns.map(split), bytes], composes, wholeWords, addsBegin };
    return names.split(' ').map((name): [string, PreTokenizer] => [name, pre]);
  }),
);

/** The byte alphabet, behind GPT-2's own cut or behind other steps alone. */
export const byteLevelSteps = (cuts: boolean): TokenizerConfigPreTokenizer[] =>
  cuts ? [split(words.gpt2Words), bytes] : [bytes];

/** Undefined for a name that Prompt Lens does not know. */
export function preTokenizerNamed(name: string): PreTokenizer | undefined {
  return byName.get(name);
}
