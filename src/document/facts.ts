/**
 * A list of facts (models/truth/facts.json) as sentences left open before their last slot: the model ends them itself, and what it
 * says is compared with the facts. For the command line.
 */
import type { OpenStatement } from '../analysis/truth/contract';
import { type Clause, clause } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';

type Slots = Record<string, string>;

interface Topic {
  topic: string;
  /** Each form: affirmative and negated. */
  templates: { forms: string[][]; facts: string[][] }[];
  alsoTrue: string[][];
}

/** One for each different beginning. Throws `factsMalformed`. */
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
  // What stands last must be the fact's value, or the subject of a given value; what it may be is the template's own list.
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
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    throw malformed(clause('notJson'));
  }
  const { topics } = (root ?? {}) as { topics?: unknown };
  if (!Array.isArray(topics)) throw malformed(clause('noTopics'));
  return topics.map((each: unknown, index) => {
    const { topic, templates, alsoTrue = [] } = (each ?? {}) as Record<string, unknown>;
    if (typeof topic !== 'string' || !Array.isArray(templates) || !isPairs(alsoTrue)) {
      throw malformed(clause('topicIncomplete', index + 1));
    }
    return { topic, alsoTrue, templates: templates.map((one: unknown) => readTemplate(one, topic, malformed)) };
  });
}

function readTemplate(each: unknown, topic: string, malformed: (cause: Clause) => ProblemError) {
  const { forms, facts } = (each ?? {}) as Record<string, unknown>;
  if (!isPairs(forms) || forms.length === 0 || !isPairs(facts)) {
    throw malformed(clause('templateIncomplete', topic));
  }
  return { forms, facts };
}

const isPairs = (value: unknown): value is string[][] =>
  Array.isArray(value) &&
  value.every((row) => Array.isArray(row) && row.length >= 2 && row.every((cell) => typeof cell === 'string'));
