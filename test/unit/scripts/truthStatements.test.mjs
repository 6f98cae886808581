/** The truth probe's statements are balanced, never true by accident, and cannot be told apart without a model. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { outputs, readTruthFile, statementRows, statementsCsv } from '../../../scripts/truthStatements.mjs';
import { auroc } from '../../../src/analysis/probe/figures';
import { wordBaselines } from '../../../src/analysis/truth/wordBaseline';

const facts = JSON.parse(readTruthFile('facts.json'));
const rows = statementRows(facts);
const count = (items, key) => {
  const counts = new Map();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
};
const sorted = (values) => [...values].sort();
const named = (topics) => topics.map(({ topic }) => topic);
/** The first thirty topics have all been looked at, whether frozen or not. */
const earlier = 30;

describe('facts', () => {
  it('are 97 topics, each name once, of eight facts a template and a few forms', () => {
    expect(new Set(named(facts.topics)).size).toBe(97);
    for (const { topic, templates } of facts.topics)
      for (const { forms, facts: all } of templates) {
        expect(all.length, topic).toBeGreaterThanOrEqual(8);
        expect(forms.length, topic).toBeGreaterThanOrEqual(2);
        for (const form of forms) expect(form, topic).toHaveLength(2);
      }
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

  it('freezes the ten topics that the hash of their names draws from those nobody has looked at', () => {
    const hash = (topic) => createHash('sha256').update(topic).digest('hex');
    const drawn = named(facts.topics.slice(earlier))
      .sort((a, b) => (hash(a) < hash(b) ? -1 : 1))
      .slice(0, 10);
    const frozen = named(facts.topics.filter(({ split }) => split === 'frozen'));
    expect(sorted(frozen)).toEqual(sorted(drawn));
  });
});

describe('statements', () => {
  it.each(Object.entries(outputs))('%s is what the generator makes', (name, split) => {
    expect(readTruthFile(name)).toBe(statementsCsv(rows.filter((row) => row.split === split)));
  });

  it('are 3,748 of 87 topics to train on and 320 of ten frozen, none twice, none on two lines', () => {
    expect([...count(rows, ({ split }) => split)].sort()).toEqual([
      ['frozen', 320],
      ['train', 3748],
    ]);
    expect(new Set(rows.map(({ statement }) => statement.toLowerCase())).size).toBe(rows.length);
    for (const { statement } of rows) expect(statement).toMatch(/^[^{}\n]*[^.\s]\.?$/);
    const trained = rows.filter(({ split }) => split === 'train').map(({ topic }) => topic);
    for (const { topic } of rows.filter(({ split }) => split === 'frozen')) expect(trained).not.toContain(topic);
  });

  it('are balanced: label by polarity in every topic, form, spelling and fact', () => {
    for (const key of [
      ({ topic }) => topic,
      ({ topic, template }) => `${topic} ${template}`,
      ({ topic, style }) => `${topic} ${style}`,
      ({ fact }) => fact,
    ]) {
      const groups = count(rows, key);
      const cells = count(rows, (row) => `${key(row)}|${row.label}|${row.polarity}`);
      for (const [cell, size] of cells) expect(4 * size, cell).toBe(groups.get(cell.split('|')[0]));
      expect(cells.size).toBe(4 * groups.size);
    }
  });

  it('are spelt as people type: capitals, small letters, no period, typographic marks', () => {
    const spelt = (style) => rows.filter((row) => row.style === style).map(({ statement }) => statement);
    for (const statement of spelt('capitals')) expect(statement).toBe(statement.toUpperCase());
    for (const statement of spelt('lower case')) expect(statement).toMatch(/^[^\p{Lu}]*[^.]$/u);
    for (const statement of spelt('curly quotes')) expect(statement).not.toMatch(/['"]/);
    for (const style of ['capitals', 'lower case', 'lower-case start', 'no period', 'curly quotes'])
      expect(spelt(style).length).toBeGreaterThan(300);
  });

  it('cannot be told by their words, with one topic left out', () => {
    const labelled = rows.map(({ statement, label, topic }) => ({ text: statement, label, group: topic }));
    const labels = rows.map(({ label }) => label);
    const { words, length } = wordBaselines(labelled);
    expect(Math.abs(auroc(words, labels) - 0.5)).toBeLessThan(0.03);
    expect(Math.abs(auroc(length, labels) - 0.5)).toBeLessThan(0.03);
  }, 30_000);
});
