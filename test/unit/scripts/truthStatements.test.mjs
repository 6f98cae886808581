/** The truth probe's statements: balanced, nothing true by accident, and unreadable without a model. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { outputs, readTruthFile, statementRows, statementsCsv } from '../../../scripts/truthStatements.mjs';
import { leaveGroupOut } from '../wordBaseline.mjs';

const facts = JSON.parse(readTruthFile('facts.json'));
const rows = statementRows(facts);
const count = (items, key) => {
  const counts = new Map();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
};
const sorted = (values) => [...values].sort();
const named = (topics) => topics.map(({ topic }) => topic);

describe('facts', () => {
  it('are 30 topics of two templates with eight facts each', () => {
    expect(facts.topics).toHaveLength(30);
    for (const { templates } of facts.topics) expect(templates.map((each) => each.facts.length)).toEqual([8, 8]);
  });

  it.each(facts.topics)(
    '$topic: the false values are the true ones of the same template, each moved',
    ({ templates }) => {
      for (const { facts: all } of templates) {
        expect(sorted(all.map(([, , falseValue]) => falseValue))).toEqual(sorted(all.map(([, value]) => value)));
        for (const [subject, value, falseValue] of all) expect(falseValue, subject).not.toBe(value);
      }
    },
  );

  it.each(facts.topics)('$topic: no false pair is true by accident', ({ templates, alsoTrue }) => {
    const all = templates.flatMap((each) => each.facts);
    const key = (...parts) => parts.join('|').toLowerCase();
    const truths = new Set(all.map(([subject, value, , object]) => key(subject, value, object)));
    for (const [subject, value] of alsoTrue) truths.add(key(subject, value, undefined));
    for (const [subject, , falseValue, object] of all) expect(truths).not.toContain(key(subject, falseValue, object));
  });

  it('every pair listed as also true is about a subject and a value of its topic', () => {
    for (const { templates, alsoTrue } of facts.topics) {
      const all = templates.flatMap((each) => each.facts);
      for (const [subject, value] of alsoTrue)
        expect(
          all.map(([of]) => of),
          value,
        ).toContain(subject);
    }
  });

  it('freezes the topics that the hash of their names draws: five that are known and one that is hard', () => {
    const hash = (topic) => createHash('sha256').update(topic).digest('hex');
    const draw = (known, size) =>
      named(facts.topics.filter((each) => each.known === known))
        .sort((a, b) => (hash(a) < hash(b) ? -1 : 1))
        .slice(0, size);
    const frozen = named(facts.topics.filter(({ split }) => split === 'frozen'));
    expect(sorted(frozen)).toEqual(sorted([...draw(true, 5), ...draw(false, 1)]));
  });
});

describe('statements', () => {
  it.each(Object.entries(outputs))('%s is what the generator makes', (name, split) => {
    expect(readTruthFile(name)).toBe(statementsCsv(rows.filter((row) => row.split === split)));
  });

  it('are 1,536 to train on and 384 frozen, none twice, each one line that ends with a period', () => {
    expect([...count(rows, ({ split }) => split)].sort()).toEqual([
      ['frozen', 384],
      ['train', 1536],
    ]);
    expect(new Set(rows.map(({ statement }) => statement.toLowerCase())).size).toBe(rows.length);
    for (const { statement } of rows) expect(statement).toMatch(/^[A-ZÉ0-9][^{}\n]*[^.\s]\.$/);
  });

  it('are balanced: label by polarity in every topic, template and fact', () => {
    for (const [size, key] of [
      [16, ({ topic }) => topic],
      [8, ({ topic, template }) => `${topic} ${template}`],
      [1, ({ fact }) => fact],
    ]) {
      const cells = count(rows, (row) => `${key(row)} ${row.label} ${row.polarity}`);
      expect(new Set(cells.values())).toEqual(new Set([size]));
    }
  });

  it('cannot be told by their words, with one topic left out', () => {
    const { words, length } = leaveGroupOut(
      rows.map(({ statement, label, topic }) => ({ text: statement, label, group: topic })),
    );
    expect(Math.abs(words - 0.5)).toBeLessThan(0.03);
    expect(Math.abs(length - 0.5)).toBeLessThan(0.03);
  }, 30_000);
});
