/**
 * The model's own answer to a text, and which of its statements are judged: the text is given to the model as a message, or the model
 * completes it where it breaks off. Pure; the caller runs the model between the two steps.
 */
import type { GeneratedStep, GenerateOptions, GenerateResult } from '../analysis/generate/contract';
import type { ModelAnswer } from '../analysis/truth/contract';
import type { PromptInput, Range } from '../protocol/model';
import { type Found, type FoundStatement, isEnded, openEnd, sentenceStatements } from './sentences';

const mostStatements = 4;

/** Greedy, so that the same text has the same answer. */
export const answerOptions: GenerateOptions = {
  ...{ maxTokens: 96, temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
  ...{ seed: 1, top: 1, prefix: [] },
};

export interface AnswerQuestion {
  how: ModelAnswer['how'];
  /** The input that the model is given. */
  prompt: PromptInput;
  /** The text's last words, which begin the answer's first statement; '' = none. */
  lead: string;
}

export interface OwnAnswer {
  answer: ModelAnswer;
  /** The first statements, at most `answer.statements` of them; they have no place, since they are in no file. */
  statements: FoundStatement[];
  /** The number of statements in the whole answer. */
  found: number;
  questions: number;
}

/** A finished text and a chat are given to the model as messages; a text that breaks off is completed. */
export function answerQuestion(input: PromptInput): AnswerQuestion {
  if (input.kind === 'chat') return { how: 'chat', prompt: input, lead: '' };
  if (isEnded(input.text)) return { how: 'chat', prompt: asMessage(input), lead: '' };
  return { how: 'completed', prompt: input, lead: openEnd(input.text) };
}

/** `steps`: each token with the text that it completed, in the order of the answer. Without a statement there is nothing to judge. */
export function ownAnswer(
  { how, lead }: Pick<AnswerQuestion, 'how' | 'lead'>,
  steps: readonly Pick<GeneratedStep, 'delta' | 'logprob'>[],
  { text, finish }: Pick<GenerateResult, 'text' | 'finish'>,
): OwnAnswer {
  const inText = sentenceStatements({
    kind: 'raw',
    file: null,
    text,
    pieces: [{ at: 0, length: text.length, source: [0, text.length] }],
  });
  const whole = lead === '' ? inText : withLead(lead, text, inText);
  // A sentence that the limit cut off means something else.
  const cut = finish === 'length' && whole.statements.length > 1 && !isEnded(text);
  const chosen = whole.statements.slice(0, cut ? -1 : undefined).slice(0, mostStatements);
  return {
    answer: {
      ...{ text, how, finish },
      logprob: meanLogprob(steps, [0, text.length]),
      statements: chosen.map(({ source }) => meanLogprob(steps, source ?? [0, text.length])),
    },
    statements: chosen.map((each) => ({ ...each, source: null })),
    found: whole.statements.length,
    questions: whole.questions,
  };
}

function asMessage({ file, text, pieces }: Extract<PromptInput, { kind: 'raw' }>): PromptInput {
  return {
    kind: 'chat',
    file,
    messages: [{ role: 'user', content: text.trim(), pieces: text === text.trim() ? pieces : [] }],
  };
}

/** Puts the text's last words at the beginning of the answer's first statement. */
function withLead(lead: string, text: string, found: Found): Found {
  const first = /^[^\r\n]*?[.!?。！？](?=\s|$)|^[^\r\n]+/.exec(text)?.[0] ?? '';
  const rest = found.statements.filter(({ source }) => source !== null && source[0] >= first.length);
  const joined = `${lead}${first}`.replace(/\s+/g, ' ').trim();
  return { ...found, statements: [{ text: joined, source: [0, first.length], label: null }, ...rest] };
}

/** The mean log-probability of the tokens that begin inside a range of the text. */
function meanLogprob(steps: readonly Pick<GeneratedStep, 'delta' | 'logprob'>[], [start, end]: Range): number {
  let at = 0;
  const inside = steps.filter(({ delta }) => {
    const begins = at;
    at += delta.length;
    return delta !== '' && begins < end && at > start;
  });
  return inside.length === 0 ? 0 : inside.reduce((sum, { logprob }) => sum + logprob, 0) / inside.length;
}
