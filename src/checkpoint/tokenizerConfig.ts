/** The parts of a Hugging Face tokenizer.json that we write for `@huggingface/tokenizers` (it takes plain objects). Types only. */

export type TokenizerConfigPreTokenizer =
  | { type: 'Split'; pattern: { Regex: string }; behavior: 'Isolated'; invert: false }
  | { type: 'ByteLevel'; add_prefix_space: false; use_regex: false };

export interface AddedTokenConfig {
  id: number;
  content: string;
  normalized: false;
  special: boolean;
}

export interface TokenizerConfig {
  added_tokens: AddedTokenConfig[];
  normalizer: null;
  pre_tokenizer: { type: 'Sequence'; pretokenizers: TokenizerConfigPreTokenizer[] };
  post_processor: null;
  decoder: null;
  model: { type: 'BPE'; vocab: Record<string, number>; merges: string[]; ignore_merges: boolean };
}
