/** Rows of data sets that have a question and an answer in fields of their own, as Alpaca has them. */
import { clause } from '../../protocol/clauses';
import type { JsonNode } from '../json';
import type { Notes } from '../notes';
import type { Source } from '../source';
import type { ObjectNode, StringNode } from './parts';
import { systemTurn, type Turn } from './turns';

/** The fields of the user's message, one below the other with a blank line between, and those of which one is the answer. */
const rows: readonly [question: string, more: readonly string[], answers: readonly string[]][] = [
  ['instruction', ['input', 'context'], ['output', 'response', 'answer', 'completion']],
  ['question', ['context'], ['answer', 'response', 'output', 'ideal', 'target']],
  ['query', ['context'], ['response', 'answer', 'output']],
  ['problem', [], ['solution', 'answer', 'response']],
  ['inputs', [], ['targets', 'outputs']],
  ['prompt', [], ['response', 'completion', 'answer', 'output', 'ideal']],
  ['input', [], ['output', 'target', 'expected', 'expected_output', 'ideal', 'response', 'label']],
];

/** The messages of a row, with a note that says which fields they are; null where the object is no such row. */
export function rowTurns(source: Source, node: ObjectNode, notes: Notes): Turn[] | null {
  for (const [question, more, answers] of rows) {
    const asked = text(node.members.get(question));
    const answer = answers.find((key) => text(node.members.get(key)) !== null);
    if (asked === null || (answer === undefined && question !== 'instruction')) continue;
    const added = more.filter((key) => (text(node.members.get(key))?.value ?? '') !== '');
    const fields = [question, ...added];
    const parts = fields.flatMap((key, index) => [
      ...(index > 0 ? ['\n\n'] : []),
      text(node.members.get(key)) as StringNode,
    ]);
    const said = answer === undefined ? null : text(node.members.get(answer));
    const system = systemTurn(source, node, ['system', 'system_prompt'], notes);
    const quoted = fields.map((key) => `"${key}"`).join(', ');
    const hasAnswer = said !== null && said.value !== '';
    notes.say(hasAnswer ? clause('noteRow', quoted, `"${answer}"`) : clause('noteRowAsked', quoted));
    return [
      ...(system ? [system] : []),
      ...earlierTurns(node.members.get('history')),
      { role: 'user', parts },
      ...(hasAnswer ? [{ role: 'assistant', parts: [said] }] : []),
    ];
  }
  return null;
}

/** Earlier rounds as LLaMA-Factory writes them: pairs of a question and its answer. */
function earlierTurns(history: JsonNode | undefined): Turn[] {
  if (history?.kind !== 'array') return [];
  return history.items.flatMap((round) => {
    const pair = round.kind === 'array' ? round.items.map(text) : [];
    const [asked, said] = pair;
    return asked && said
      ? [
          { role: 'user', parts: [asked] },
          { role: 'assistant', parts: [said] },
        ]
      : [];
  });
}

function text(node: JsonNode | undefined): StringNode | null {
  return node?.kind === 'string' ? node : null;
}
