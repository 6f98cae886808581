/**
 * Turns a list of facts (models/truth/facts.json) into sentences left open before their last slot: the model completes them itself, and its
 * words are compared with the facts.
 */
import * as v from 'valibot';
import type { OpenStatement } from '../analysis/truth/contract';
import { type Clause, clause } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';

type Slots = Record<string, string>;

// The nested parts are parsed separately, so that a problem can name the topic.
const pairsSchema = v.array(v.pipe(v.array(v.string()), v.minLength(2)));
const rootSchema = v.object({ topics: v.array(v.unknown()) });
const topicSchema = v.object({
  topic: v.string(),
  templates: v.array(v.unknown()),
  alsoTrue: v.optional(pairsSchema, []),
});
/** Each form has an affirmative and a negated version. */
const templateSchema = v.object({ forms: v.pipe(pairsSchema, v.minLength(1)), facts: pairsSchema });

type Topic = Omit<v.InferOutput<typeof topicSchema>, 'templates'> & {
  templates: v.InferOutput<typeof templateSchema>[];
};

/** One statement for each different beginning. Throws `factsMalformed`. */
export function openStatements(text: string, file: string): OpenStatement[] {
  return readTopics(text, file).flatMap((topic) => {
    const open = topic.templates.flatMap((template) => leftOpen(topic, template));
    return open.filter(({ text: own }, at) => open.findIndex((other) => other.text === own) === at);
  });
}

function leftOpen({ topic, templates, alsoTrue }: Topic, { forms, facts }: Topic['templates'][number]) {
  const [[affirmative]] = forms;
  const slots = [...affirmative.matchAll(/\{(\w+)\}/g)];
  const last = slots.at(-1);
  // The last slot must be the fact's value, or the subject of a given value; the possible endings come from the template's own list.
  if (!last || (last[1] !== 'value' && last[1] !== 'subject') || slots.length !== 2) return [];
  const [asked, given] = last[1] === 'value' ? [1, 0] : [0, 1];
  const pairs = templates.flatMap((each) => each.facts);
  return facts.map((fact): OpenStatement => {
    const matching = (list: readonly string[][]) =>
      list.filter((pair) => pair[given] === fact[given]).map((pair) => pair[asked]);
    const right = [...new Set(matching(pairs))];
    const disputed = matching(alsoTrue);
    const others = [...new Set(facts.map((pair) => pair[asked]))];
    const beginning = filled(affirmative.slice(0, last.index), { subject: fact[0], value: fact[1] }).trimEnd();
    return {
      topic,
      text: beginning,
      right,
      wrong: others.filter((each) => !right.includes(each) && !disputed.includes(each)),
      disputed,
    };
  });
}

function filled(pattern: string, slots: Slots): string {
  const text = pattern.replace(/\{(\w+)\}/g, (_, slot: string) => slots[slot] ?? '');
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function readTopics(text: string, file: string): Topic[] {
  const malformed = (cause: Clause) => new ProblemError('factsMalformed', [file, cause]);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw malformed(clause('notJson'));
  }
  const read = <T>(schema: v.GenericSchema<unknown, T>, value: unknown, otherwise: Clause): T => {
    const parsed = v.safeParse(schema, value);
    if (!parsed.success) throw malformed(otherwise);
    return parsed.output;
  };
  const { topics } = read(rootSchema, content, clause('noTopics'));
  return topics.map((each, index) => {
    const { topic, templates, alsoTrue } = read(topicSchema, each, clause('topicIncomplete', index + 1));
    const incomplete = clause('templateIncomplete', topic);
    return { topic, alsoTrue, templates: templates.map((one) => read(templateSchema, one, incomplete)) };
  });
}
