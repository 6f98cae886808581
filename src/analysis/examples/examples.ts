/**
 * How a prompt's own examples contribute to its answer (in-context learning, Wang et al. 2023, "Label words are anchors"): how much the
 * predicting position attends to each example's label word, block by block, and how much the target loses when the example is deleted.
 *
 * An example is a demonstration set off by blank lines or bullets, or an exchange of a chat (a user's message and its answer); the last one
 * is the question itself and is not an example. Its label is its last word. Pure.
 */

import type { Prompt, Range } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import type { OnStep } from '../patching/patchMap';
import { occlusion } from '../saliency/occlusion';
import type { Unit } from '../shared/contract';
import type { Model } from '../shared/model';
import { prefill } from '../shared/prefix';
import { type Target, targetResult } from '../shared/target';
import { unitsOf } from '../shared/units';
import type { ScoringOptions } from '../shared/variants';
import type { ExamplesResult } from './contract';

export interface ExamplesOptions extends Pick<ScoringOptions, 'known' | 'signal'> {
  onStep?: OnStep<ExamplesResult>;
}

/** Rejects with `noExamples`, and with `cancelled` between passes. */
export async function examples(
  model: Model,
  prompt: Prompt,
  target: Target,
  { known, signal, onStep }: ExamplesOptions = {},
): Promise<ExamplesResult> {
  const ids = prompt.tokens.map(({ id }) => id);
  const shown = examplesOf(prompt, target.before);
  if (shown.length === 0) throw new ProblemError('noExamples');
  const past = await prefill(model, known, ids, target.before - 1, { signal });
  const want = { attention: Array.from({ length: model.info.layers }, (_, layer) => layer) };
  const { attention } = await model.run({ ids: [[ids[target.before - 1]]], past, rows: [0], want }, signal);
  const result: ExamplesResult = {
    target: targetResult(target),
    examples: shown.map((one) => ({
      ...one,
      score: null,
      ...readingOf(attention, model.info.heads, target.before, one.label.tokens),
    })),
    complete: false,
  };
  const tell = (done: number, total: number) =>
    onStep?.(() => ({ ...result, examples: result.examples.map((one) => ({ ...one })) }), done, total);
  tell(0, 1);
  const units = shown.map(({ unit }) => unit);
  await occlusion(model, ids, target, units, 'delete', {
    replacement: 0,
    // The past read above serves every example; reading it again would hold a second copy in memory.
    known: past && { ids, past },
    signal,
    onScores: (indices, scores) => {
      indices.forEach((index, at) => {
        result.examples[index].score = scores[at];
      });
    },
    onProgress: tell,
  });
  return { ...result, complete: true };
}

/** Sums the weights of one query, block → [H, 1, keys], on the label's tokens. */
function readingOf(
  attention: ReadonlyMap<number, Float32Array>,
  heads: number,
  keys: number,
  [i, j]: Range,
): Pick<ExamplesResult['examples'][number], 'attention' | 'strongest'> {
  const byHead = [...attention].map(([, weights]) =>
    Array.from({ length: heads }, (_, head) =>
      weights.subarray(head * keys + i, head * keys + j).reduce((sum, weight) => sum + weight, 0),
    ),
  );
  return {
    attention: byHead.map((sums) => sums.reduce((a, b) => a + b, 0) / heads),
    strongest: byHead.map((sums) => {
      const weight = Math.max(...sums);
      return { head: sums.indexOf(weight), weight };
    }),
  };
}

export interface Example {
  unit: Unit;
  label: Unit;
}

/** The examples that lie wholly before `before`, without the question. */
export function examplesOf(prompt: Prompt, before: number): Example[] {
  const exchanged = exchanges(prompt);
  const units = exchanged.length > 0 ? exchanged : demonstrations(prompt, before);
  return units.flatMap((unit) => {
    const label = unit.tokens[1] <= before ? labelOf(prompt, unit) : null;
    return label ? [{ unit, label }] : [];
  });
}

/**
 * A user's message and its answer, up to the next user's message: without it, a shorter chat remains. The text consists of the two
 * contents, without what the template writes between them.
 */
function exchanges({ rendered, tokens }: Prompt): Unit[] {
  const messages: { role: string; first: number; last: number }[] = [];
  tokens.forEach(({ role }, position) => {
    if (role === null) return;
    const message = messages.at(-1);
    if (message?.role === role && message.last === position - 1) message.last = position;
    else messages.push({ role, first: position, last: position });
  });
  return messages.flatMap(({ role, first }, index) => {
    const [answer, next] = messages.slice(index + 1);
    if (role !== 'user' || answer?.role !== 'assistant' || next?.role !== 'user') return [];
    const said = ({ first: i, last }: typeof answer) => rendered.slice(tokens[i].start, tokens[last].end);
    const text = `${said(messages[index])}\n${said(answer)}`;
    return [{ text, start: tokens[first].start, end: tokens[answer.last].end, tokens: [first, next.first] }];
  });
}

/** The parts of the text, or of the last message, that look like the question; an instruction above them is not an example. */
function demonstrations(prompt: Prompt, before: number): Unit[] {
  const written = prompt.tokens.some(({ role, source }) => role !== null || source !== null);
  const units = unitsOf(prompt, 'example', written ? 'user' : 'all').filter(({ tokens }) => tokens[0] < before);
  let first = units.length - 1;
  while (first > 0 && units[first - 1].tokens[1] === units[first].tokens[0]) first--;
  const question = units.at(-1);
  const parts = units.slice(first, -1);
  if (!question) return [];
  const alike = parts.filter(({ text }) => shapeOf(text) === shapeOf(question.text));
  return alike.length > 0 ? alike : parts;
}

/** The beginnings of its lines before a colon. */
const shapeOf = (text: string): string =>
  text
    .trim()
    .split(/\s*\n\s*/)
    .map((line) => /^([^:\uff1a]{0,40})[:\uff1a]/.exec(line)?.[1] ?? '')
    .join('\n');

/** The last word, without what follows it; null for an example without words. */
function labelOf({ rendered, tokens }: Prompt, { start, end, tokens: [i, j] }: Unit): Unit | null {
  const text = rendered.slice(start, end);
  const words = [...new Intl.Segmenter('en', { granularity: 'word' }).segment(text)].filter((part) => part.isWordLike);
  const word = words.at(-1);
  if (!word) return null;
  const from = start + word.index;
  const to = from + word.segment.length;
  const positions = Array.from({ length: j - i }, (_, place) => i + place).filter(
    (position) => tokens[position].start < to && tokens[position].end > from,
  );
  return { text: word.segment, start: from, end: to, tokens: [positions[0], positions[positions.length - 1] + 1] };
}
