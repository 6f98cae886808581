/**
 * The words that a student is examined on, each with one sentence. `t` finds the sentence in the language of the page, so the table is read
 * when it is drawn. A word stands as the page writes it, so that it can be found in a heading.
 */
import { t } from './strings';

interface Entry {
  word: () => string;
  sentence: () => string;
  /** How the word stands in texts of every language, where it is written in Latin letters everywhere. */
  everywhere?: string;
}

const entry = (word: () => string, sentence: () => string, everywhere?: string): Entry => ({
  word,
  sentence,
  everywhere,
});

export const glossary = {
  token: entry(
    () => t('token'),
    () =>
      t(
        'A token is a piece of text from the model’s vocabulary: a word, a part of a word, a mark or a few bytes. The model reads and writes nothing else.',
      ),
  ),
  tokenizer: entry(
    () => t('tokenizer'),
    () => t('The tokenizer cuts a text into tokens, always in the same way, before the model sees anything.'),
  ),
  embedding: entry(
    () => t('embedding'),
    () =>
      t(
        'The embedding is the vector that stands for a token before any block; the same token always has the same one.',
      ),
  ),
  block: entry(
    () => t('block'),
    () =>
      t(
        'A block is one step of the model: attention, then an MLP. Blocks run one after another, and each adds to what stands there.',
      ),
  ),
  residual: entry(
    () => t('residual stream'),
    () =>
      t(
        'The residual stream is the vector that each position carries through the blocks; every block reads it and adds to it.',
      ),
  ),
  mlp: entry(
    () => t('MLP'),
    () =>
      t(
        'The MLP is the part of a block that works on each position by itself; it is where many facts seem to be kept.',
      ),
    'MLP',
  ),
  attention: entry(
    () => t('attention'),
    () =>
      t(
        'Attention is how a position takes in what earlier positions carry; its weights say how much of each, and sum to 1.',
      ),
  ),
  head: entry(
    () => t('head'),
    () => t('A head is one of several attentions that work side by side in a block, each with its own weights.'),
  ),
  induction: entry(
    () => t('induction'),
    () =>
      t(
        'Induction: a head looks for an earlier occurrence of the current token and reads what followed it, so that a repetition goes on.',
      ),
  ),
  bos: entry(
    () => t('first token'),
    () =>
      t(
        'Many models begin each text with a token BOS (beginning of sequence). Whatever stands first takes the weight that a head has no other use for.',
      ),
  ),
  logit: entry(
    () => t('logit'),
    () => t('A logit is the score that the model gives a token before softmax makes probabilities of all scores.'),
    'logit',
  ),
  softmax: entry(
    () => t('softmax'),
    () => t('Softmax turns scores into probabilities: e to the power of each score, divided by the sum of all.'),
    'softmax',
  ),
  logprob: entry(
    () => t('log p'),
    () =>
      t(
        'Log p, the log probability, is the natural logarithm of a probability: 0 for certain, −0.69 for one half; those of a text’s tokens add up.',
      ),
  ),
  nat: entry(
    () => t('nats'),
    () =>
      t(
        'A nat is the unit of natural logarithms: one nat more surprise means a probability 2.7 times smaller. One bit is 0.69 nats.',
      ),
  ),
  surprisal: entry(
    () => t('surprisal'),
    () =>
      t(
        'Surprisal is how unexpected a token was: minus its log probability. 0 means certain, 4.6 means one in a hundred.',
      ),
  ),
  entropy: entry(
    () => t('entropy'),
    () => t('Entropy is how undecided the model is before a token comes: the surprisal that it expects on average.'),
  ),
  perplexity: entry(
    () => t('perplexity'),
    () =>
      t(
        'Perplexity is e to the mean surprisal: the model was as unsure as if it had to choose among that many equally likely tokens.',
      ),
  ),
  temperature: entry(
    () => t('Temperature'),
    () =>
      t(
        'The temperature divides all logits before softmax: below 1 likely tokens gain, above 1 unlikely ones do, and at 0 the likeliest is always taken.',
      ),
  ),
  topk: entry(
    () => t('Top-k'),
    () => t('Top-k draws only among the k likeliest tokens.'),
  ),
  topp: entry(
    () => t('Top-p'),
    () => t('Top-p draws only among the likeliest tokens that together hold the probability p.'),
  ),
  template: entry(
    () => t('chat template'),
    () =>
      t(
        'The chat template turns messages with roles into the one text that a chat model was trained to read, with marks between the turns.',
      ),
  ),
  saliency: entry(
    () => t('saliency'),
    () =>
      t(
        'Saliency says how much each part of a prompt matters for one answer; several methods measure it, and they need not agree.',
      ),
  ),
  occlusion: entry(
    () => t('Occlusion'),
    () =>
      t('Occlusion takes one part away and measures how much the answer loses; the loss is counted, not estimated.'),
  ),
  knockout: entry(
    () => t('Knock-out'),
    () => t('Knock-out hides a part from the attention of all other tokens, while every position stays where it is.'),
  ),
  gradient: entry(
    () => t('gradient'),
    () => t('A gradient says how fast the answer changes with each input when that input is moved a very little.'),
  ),
  integrated: entry(
    () => t('integrated gradients'),
    () =>
      t(
        'Integrated gradients average the gradient on the way from nothing to the text; they should add up to the whole difference, which is checked.',
      ),
  ),
  lens: entry(
    () => t('logit lens'),
    () =>
      t(
        'The logit lens reads the state after each block as if it were the last, and says which token would come next from there.',
      ),
  ),
  patching: entry(
    () => t('activation patching'),
    () =>
      t(
        'Activation patching puts a state from one prompt into the other, and sees how much of the difference between their answers comes with it.',
      ),
  ),
  cosine: entry(
    () => t('cosine'),
    () =>
      t(
        'The cosine of two vectors is 1 if they point the same way and 0 if they have nothing in common; their lengths do not matter.',
      ),
  ),
  pca: entry(
    () => t('PCA'),
    () =>
      t(
        'PCA draws vectors of many dimensions on the two axes on which they differ most; other differences are not seen.',
      ),
    'PCA',
  ),
  probe: entry(
    () => t('probe'),
    () =>
      t(
        'A probe is a simple classifier trained on the model’s states: what it can read is there, but the model need not use it.',
      ),
  ),
  auroc: entry(
    () => t('AUROC'),
    () => t('AUROC is how often a true statement scores above a false one: .5 is chance, 1 is always.'),
    'AUROC',
  ),
  logodds: entry(
    () => t('log-odds'),
    () => t('Log-odds are the logarithm of p / (1 − p): 0 for one half, positive if more likely than not.'),
  ),
  calibration: entry(
    () => t('Calibration'),
    () => t('Calibration: of all statements given the probability .8, eight in ten should be true.'),
  ),
  heldout: entry(
    () => t('held out'),
    () => t('What is held out was kept from the training, so a figure on it says what to expect on new texts.'),
  ),
} as const satisfies Record<string, Entry>;

export type Term = keyof typeof glossary;

export const terms = Object.keys(glossary) as Term[];
