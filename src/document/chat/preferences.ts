/** Rows of preference data sets: what was asked, and two answers of which one was liked better. Each answer makes a prompt of its own. */
import { clause } from '../../protocol/clauses';
import { choosePrompt } from '../choice';
import type { JsonNode } from '../json';
import type { Notes } from '../notes';
import type { Source } from '../source';
import { type ObjectNode, stringOf } from './parts';
import { isTurn, type Turn, turnsOf } from './turns';

/** As TRL and as OpenAI's fine-tuning write them. */
const pairs = [
  ['chosen', 'rejected'],
  ['preferred_output', 'non_preferred_output'],
] as const;
const questionKeys = ['prompt', 'question', 'query', 'input', 'instruction'];

/**
 * The messages of a row; null where the object is none, and where both answers are texts that stand alone.
 * @param readRest reads the row without its answers
 */
export function preferredTurns(
  source: Source,
  node: ObjectNode,
  notes: Notes,
  readRest: (rest: ObjectNode) => Turn[] | null,
): Turn[] | null {
  const keys = pairs.find((pair) => pair.every((key) => node.members.has(key)));
  if (!keys) return null;
  const answers = keys
    .map((key) => ({ key, answer: node.members.get(key) as JsonNode }))
    .sort((one, other) => one.answer.start - other.answer.start);
  const asked = questionTurns(node, keys, readRest);
  if (asked === null && answers.some(({ answer }) => answer.kind === 'string')) return null;
  if (!answers.every(({ answer }) => isAnswer(answer))) return null;
  const { index, notes: which } = choosePrompt(
    source,
    answers.map(({ answer }) => answer.start),
  );
  const { key, answer } = answers[index];
  const said = answerTurns(source, answer, notes);
  notes.say(...which, clause('notePromptName', key));
  // Some data sets repeat what was asked before each answer.
  return said[0]?.role === 'assistant' ? [...(asked ?? []), ...said] : said;
}

function questionTurns(
  node: ObjectNode,
  keys: readonly string[],
  readRest: (rest: ObjectNode) => Turn[] | null,
): Turn[] | null {
  const rest: ObjectNode = { ...node, members: new Map([...node.members].filter(([key]) => !keys.includes(key))) };
  const read = readRest(rest);
  if (read) return read;
  const question = questionKeys.map((key) => node.members.get(key)).find((each) => stringOf(each) !== '');
  return question?.kind === 'string' ? [{ role: 'user', parts: [question] }] : null;
}

function isAnswer(node: JsonNode): boolean {
  return node.kind === 'string' || isTurn(node) || (node.kind === 'array' && node.items.some(isTurn));
}

function answerTurns(source: Source, answer: JsonNode, notes: Notes): Turn[] {
  if (answer.kind === 'string') return [{ role: 'assistant', parts: [answer] }];
  return turnsOf(source, answer.kind === 'array' ? answer.items : [answer], notes);
}
