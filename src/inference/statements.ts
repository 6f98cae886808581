/** Puts statements and texts before the model as probes read them, and reads the states that they leave. Engine only. */
import type { Model } from '../analysis/shared/model';
import { type ReadText, readStates, type States } from '../analysis/shared/states';
import { asStatement, meanStates, statementFrame, verdictBlocks } from '../analysis/truth/truthProbe';
import type { Prompt, PromptInput } from '../protocol/model';
import { ProblemError } from '../protocol/problem';

export interface ReadGround {
  model: Model;
  /** Rejects with the same errors as reading a prompt. */
  prompt: (input: PromptInput) => Promise<Prompt>;
  signal: AbortSignal;
  onProgress: (done: number, total: number) => void;
}

/** Characters shown of a text that cannot be read, so that the user can find it. */
const shownCharacters = 40;

const every = (model: Model): number[] => Array.from({ length: model.info.layers + 1 }, (_, layer) => layer);

/** `marks`: [N, D], the state at the mark that ends each statement, averaged over the verdict's blocks. */
export type StatementStates = States & { marks: Float32Array };

/**
 * For each statement: the states of all layers, averaged over its last word and the mark after it, and the mean log-probability of
 * its tokens from the character `from` on.
 */
export async function readStatements(
  ground: ReadGround,
  statements: readonly string[],
  from: readonly number[] = [],
): Promise<StatementStates> {
  const texts = await framedAll(ground, statements, from);
  const blocks = verdictBlocks(ground.model.info.layers);
  const read = await readStates(ground.model, texts, {
    ...ground,
    layers: every(ground.model),
    mean: true,
    ends: blocks,
  });
  return { ...read, marks: meanStates(read.ends, blocks) };
}

/** Log-probability, in nats, of the text from the character `from` on, given the text before it. */
export async function statementLogprobs(
  ground: ReadGround,
  statements: readonly string[],
  from: readonly number[],
): Promise<number[]> {
  const texts = await framedAll(ground, statements, from);
  const { logprob } = await readStates(ground.model, texts, { ...ground, layers: [] });
  return texts.map(({ ids, scoredFrom }, at) => (logprob[at] ?? 0) * (ids.length - scoredFrom));
}

/** The tokens of a statement's beginning, from which the model continues. */
export const beginningIds = async (prompt: ReadGround['prompt'], beginning: string): Promise<readonly number[]> =>
  (await framed(prompt, beginning)).ids;

/** The states of all layers at each text's last token. */
export async function readTexts(ground: ReadGround, texts: readonly string[]): Promise<States> {
  const read: ReadText[] = [];
  for (const text of texts) {
    const prompt = await naming(text, () => ground.prompt({ kind: 'raw', file: null, text, pieces: [] }));
    const ids = prompt.tokens.map(({ id }) => id);
    read.push({ ids, positions: [ids.length - 1] });
  }
  return readStates(ground.model, read, { ...ground, layers: every(ground.model) });
}

/** Cutting thousands of statements into tokens takes many seconds: it can be cancelled, and is told as a reading that has not got far. */
async function framedAll(
  { prompt, signal, onProgress }: Omit<ReadGround, 'model'>,
  statements: readonly string[],
  from: readonly number[],
) {
  const texts: FramedText[] = [];
  for (const [at, statement] of statements.entries()) {
    if (signal.aborted) throw new ProblemError('cancelled');
    if (at % 32 === 0) onProgress(0, statements.length);
    texts.push(await framed(prompt, asStatement(statement), from[at]));
  }
  return texts;
}

type FramedText = ReadText & { scoredFrom: number };

/** The statement as the assistant's own answer; for a model without a chat template, as plain text after the same words. */
async function framed(prompt: ReadGround['prompt'], statement: string, scored = 0): Promise<FramedText> {
  const { question, lead } = statementFrame;
  const content = `${lead}${statement}`;
  const rendered = await naming(statement, () => chatOrPlain(prompt, question, content));
  const own = rendered.tokens
    .map(({ role }, position) => ({ role, position }))
    .filter(({ role }) => role === 'assistant');
  const [first, last] =
    own.length > 0 ? [own[0].position, own[own.length - 1].position] : [0, rendered.tokens.length - 1];
  const from = rendered.rendered.indexOf(content, rendered.tokens[first].start) + lead.length + scored;
  const scoredFrom = rendered.tokens.findIndex(({ end }) => end > from);
  const isWord = (position: number) => {
    const { start, end } = rendered.tokens[position];
    return /[\p{L}\p{N}]/u.test(rendered.rendered.slice(start, end));
  };
  let word = last;
  while (word > first && !isWord(word)) word--;
  return {
    ids: rendered.tokens.slice(0, last + 1).map(({ id }) => id),
    positions: word === last || !isWord(word) ? [last] : [word, last],
    scoredFrom: Math.max(1, scoredFrom),
  };
}

/** Names, among many texts, the one that is too long. */
async function naming(text: string, read: () => Promise<Prompt>): Promise<Prompt> {
  try {
    return await read();
  } catch (error) {
    const { code, args } = ProblemError.wrap(error).problem;
    if (code !== 'promptTooLong') throw error;
    throw new ProblemError('statementTooLong', [[...text].slice(0, shownCharacters).join(''), args[0], args[1]]);
  }
}

async function chatOrPlain(prompt: ReadGround['prompt'], question: string, content: string): Promise<Prompt> {
  try {
    return await prompt({
      kind: 'chat',
      file: null,
      messages: [
        { role: 'user', content: question, pieces: [] },
        { role: 'assistant', content, pieces: [] },
      ],
    });
  } catch (error) {
    if (ProblemError.wrap(error).problem.code !== 'noTemplate') throw error;
    return prompt({ kind: 'raw', file: null, text: `${question} ${content}`, pieces: [] });
  }
}
