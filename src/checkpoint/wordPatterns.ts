/**
 * The regular expressions by which byte-level tokenizers cut a text into words, in the syntax of tokenizer.json. Each follows the
 * pre_tokenizer in the published tokenizer.json of the models that use it; where that is not known, llama.cpp's llm_tokenizer_bpe
 * (src/llama-vocab.cpp).
 */

const endings = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const symbols = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*';
const spaces = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

/** The pattern of GPT-2. */
export const gpt2Words = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** The pattern of GPT-4 and its many heirs, which differ in how they take digits. */
export const gpt4Words = (digits: string): string =>
  `${endings}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}|${symbols}|${spaces}`;

/** The same without English endings: an apostrophe begins a word. */
export const wordsWithoutEndings = `[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|${symbols}|${spaces}`;

/** Marks belong to the letters before them. */
export const wordsWithMarks = `${endings}|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|${spaces}`;

/** Runs of spaces of published lengths. */
export const wordsWithRuns = `${endings}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|${symbols}|\\s*[\\r\\n]+|${[512, 256, 128, 64, 32, 16, 8, 4].map((length) => `\\s{${length}}(?!\\S)`).join('|')}|\\s{1,2}(?!\\S)|\\s{1}`;

const upper = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const lower = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const lead = '[^\\r\\n\\p{L}\\p{N}]?';

/** The pattern of GPT-4o: a capital letter begins a word. */
export const casedWords = (digits: string, ending: string): string =>
  `${lead}${upper}*${lower}+${ending}|${lead}${upper}+${lower}*${ending}|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${spaces}`;

export const optionalEndings = `${endings}?`;

/** A sign may lead a word of Latin letters, and everything else goes by letters, signs and spaces. */
export const signWords = (line: string): string =>
  `[!"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_\`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+${line}|\\s+(?!\\S)|\\s+`;

export const hanAndKana = '[\\u{4e00}-\\u{9fa5}\\u{3040}-\\u{309f}\\u{30a0}-\\u{30ff}]+';
export const hanAndHangul = '[\\u{4e00}-\\u{9fa5}\\u{800}-\\u{4e00}\\u{ac00}-\\u{d7ff}]+';
export const asianScripts =
  '[\\u{4e00}-\\u{9fff}\\u{3400}-\\u{4dbf}\\u{8c48}-\\u{faff}\\u{3040}-\\u{309f}\\u{30a0}-\\u{30ff}\\u{ff65}-\\u{ff9f}' +
  '\\u{2f00}-\\u{2fdf}\\u{e40}-\\u{e7f}\\u{e80}-\\u{eff}\\u{1780}-\\u{17ff}\\u{1000}-\\u{109f}\\u{aa60}-\\u{aa7f}' +
  '\\u{a9e0}-\\u{a9ff}\\u{ac00}-\\u{d7af}\\u{1100}-\\u{11ff}]+';
export const hangulOrHan =
  '[\\u{ac00}-\\u{d7a3}\\u{3131}-\\u{318e}]+|' +
  '[\\u{ff01}\\u{2026}\\u{201c}\\u{201d}\\u{2018}\\u{2019}\\u{2014}\\u{ff1a}\\u{ff1b}\\u{ff0c}\\u{3001}-\\u{303f}' +
  `\\u{fe30}-\\u{fe4f}]+|[\\u{3105}-\\u{312f}]+|${hanAndKana}`;

/** Digits in groups of three, counted from the right. */
export const groupsOfThree = '\\p{N}{1,3}(?=(?:\\p{N}{3})*(?!\\p{N}))';

/** A word is what stands between spaces and the signs that end a sentence. */
export const sentenceWords = ' ?[^(\\s|.,!?\\u{2026}\\u{3002}\\u{ff0c}\\u{3001}\\u{964}\\u{6d4}\\u{60c})]+';

const han =
  '\\u{4e00}-\\u{9fff}\\u{3400}-\\u{4dbf}\\u{20000}-\\u{2a6df}\\u{2a700}-\\u{2ebef}\\u{f900}-\\u{faff}\\u{2f800}-\\u{2fa1f}';

/** Kimi K2's pattern as llama.cpp computes it: Chinese characters are no letters. */
export const kimiWords = `[${han}]+|[^\\r\\n\\p{L}\\p{N}]?(?:(?![${han}])\\p{L})+${optionalEndings}|\\p{N}{1,3}|${symbols}|${spaces}`;

/** Letters of scripts with capitals, as DeepSeek's first tokenizers list them. */
const casedLetters =
  'A-Za-z\\u{b5}\\u{c0}-\\u{d6}\\u{d8}-\\u{f6}\\u{f8}-\\u{1ba}\\u{1bc}-\\u{1bf}\\u{1c4}-\\u{293}\\u{295}-' +
  '\\u{2af}\\u{370}-\\u{373}\\u{376}\\u{377}\\u{37b}-\\u{37d}\\u{37f}\\u{386}\\u{388}-\\u{38a}\\u{38c}' +
  '\\u{38e}-\\u{3a1}\\u{3a3}-\\u{3f5}\\u{3f7}-\\u{481}\\u{48a}-\\u{52f}\\u{531}-\\u{556}\\u{10a0}-\\u{10c5}' +
  '\\u{13a0}-\\u{13f5}\\u{13f8}-\\u{13fd}\\u{1c90}-\\u{1cba}\\u{1cbd}-\\u{1cbf}\\u{1d00}-\\u{1d2b}\\u{1d6b}' +
  '-\\u{1d77}\\u{1d79}-\\u{1d9a}\\u{1e00}-\\u{1f15}\\u{1f18}-\\u{1f1d}\\u{1f20}-\\u{1f45}\\u{1f48}-' +
  '\\u{1f4d}\\u{1f50}-\\u{1f57}\\u{1f59}\\u{1f5b}\\u{1f5d}\\u{1f5f}-\\u{1f7d}\\u{1f80}-\\u{1fb4}\\u{1fb6}-' +
  '\\u{1fbc}\\u{1fbe}\\u{1fc2}-\\u{1fc4}\\u{1fc6}-\\u{1fcc}\\u{1fd0}-\\u{1fd3}\\u{1fd6}-\\u{1fdb}\\u{1fe0}-' +
  '\\u{1fec}\\u{1ff2}-\\u{1ff4}\\u{1ff6}-\\u{1ffc}\\u{2102}\\u{2107}\\u{210a}-\\u{2113}\\u{2115}\\u{2119}-' +
  '\\u{211d}\\u{2124}\\u{2126}\\u{2128}\\u{212a}-\\u{212d}\\u{212f}-\\u{2134}\\u{2139}\\u{213c}-\\u{213f}' +
  '\\u{2145}-\\u{2149}\\u{214e}\\u{2183}\\u{2184}\\u{2c00}-\\u{2c7b}\\u{2c7e}-\\u{2ce4}\\u{2ceb}-\\u{2cee}' +
  '\\u{2cf2}\\u{2cf3}\\u{a640}-\\u{a66d}\\u{a680}-\\u{a69b}\\u{a722}-\\u{a76f}\\u{a771}-\\u{a787}\\u{a78b}-' +
  '\\u{a78e}\\u{ab70}-\\u{abbf}\\u{fb00}-\\u{fb06}\\u{fb13}-\\u{fb17}\\u{ff21}-\\u{ff3a}\\u{ff41}-\\u{ff5a}' +
  '\\u{10400}-\\u{1044f}\\u{104b0}-\\u{104d3}\\u{104d8}-\\u{104fb}\\u{10c80}-\\u{10cb2}\\u{10cc0}-' +
  '\\u{10cf2}\\u{118a0}-\\u{118df}\\u{1e900}-\\u{1e943}';

export const casedLetterWords = `\\s?[${casedLetters}]+`;
export const deepSeekSigns =
  '\\s?[!-/:-~\\u{ff01}-\\u{ff0f}\\u{ff1a}-\\u{ff5e}\\u{2018}-\\u{201f}\\u{3000}-\\u{3002}]+';

export const bailingWords =
  "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";
export const seedWords = `${endings}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|${spaces}`;

/** Words of several parts: letters with their marks, and single spaces between them. */
export const exaoneWords = `${endings}|[^\\r\\n\\p{L}\\p{N}]?(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+`;

export const chameleonPatterns: readonly string[] = [
  '<sentinel:[0-9]+>',
  '(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z',
  '([\\t\\n]|    |  )',
  '\\p{N}',
  '[\\p{P}!-/:-@\\[-`{-~]',
  gpt2Words,
];
