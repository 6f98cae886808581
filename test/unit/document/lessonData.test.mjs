/** The tables and lists of the lessons are balanced as their READMEs say, so that a probe cannot succeed by the words alone. */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { readTruthFile } from '../../../scripts/truthStatements.mjs';
import { auroc } from '../../../src/analysis/probe/figures';
import { wordBaselines } from '../../../src/analysis/truth/wordBaseline';

const read = (name) => readFileSync(new URL(`../../../examples/${name}`, import.meta.url), 'utf8');
const table = (name) => parse(read(name), { columns: true });
const lines = (name) => read(name).trim().split('\n');
const count = (items) => items.reduce((counts, item) => counts.set(item, (counts.get(item) ?? 0) + 1), new Map());
const lastWord = (text) => text.slice(text.lastIndexOf(' ') + 1);

describe('sets for probing', () => {
  it.each([
    ['surface.csv', 'vowel', 'consonant', 20, 8],
    ['grammar.csv', 'singular', 'plural', 20, 8],
    ['meaning.csv', 'good', 'bad', 16, 10],
  ])('%s: no line twice, both labels equally often in every group', (name, one, other, groups, size) => {
    const rows = table(`probing/${name}`);
    expect(new Set(rows.map(({ text }) => text)).size).toBe(groups * size);
    expect(count(rows.map(({ group }) => group)).size).toBe(groups);
    const cells = count(rows.map(({ group, label }) => `${group}: ${label}`));
    expect(new Set(cells.values())).toEqual(new Set([size / 2]));
    expect(new Set(rows.map(({ label }) => label))).toEqual(new Set([one, other]));
  });

  it.each([
    ['surface.csv', 'vowel'],
    ['grammar.csv', 'plural'],
    ['meaning.csv', 'good'],
  ])('%s cannot be told by its words or its length, with one group left out', (name, positive) => {
    const rows = table(`probing/${name}`).map(({ text, label, group }) => ({ text, group, label: label === positive }));
    const labels = rows.map(({ label }) => label);
    const scores = wordBaselines(rows);
    const [words, length] = [auroc(scores.words, labels), auroc(scores.length, labels)];
    expect(Math.abs(words - 0.5)).toBeLessThan(0.05);
    // A plural is one letter longer than its singular.
    expect(Math.abs(length - 0.5)).toBeLessThan(name === 'grammar.csv' ? 0.12 : 0.08);
  });

  it('surface is labelled by the first letter of the last word, after the same words for both labels', () => {
    for (const { text, label } of table('probing/surface.csv'))
      expect(label, text).toBe(/^[aeiou]/.test(lastWord(text)) ? 'vowel' : 'consonant');
    const before = count(table('probing/surface.csv').map(({ text }) => text.slice(0, -lastWord(text).length)));
    expect([...before.values()]).toEqual([40, 40, 40, 40]);
  });

  it('grammar has every last word under both labels equally often', () => {
    const rows = table('probing/grammar.csv');
    const words = (of) => count(rows.filter(({ label }) => label === of).map(({ text }) => lastWord(text)));
    expect(words('singular')).toEqual(words('plural'));
  });

  it('meaning ends every line with the same character', () => {
    for (const { text } of table('probing/meaning.csv')) expect(text).toMatch(/^[A-Z][^.]*\.$/);
  });
});

describe('lists for the Embeddings tab', () => {
  it('has bank once in each of four lines, as its last word, and each ending in both senses', () => {
    // An empty line separates the senses: the tab reads the lines between empty lines as groups.
    const bank = lines('embeddings/bank.txt').filter((line) => line !== '');
    expect(bank).toHaveLength(4);
    for (const line of bank) expect(line.match(/bank/g)).toHaveLength(1);
    const ending = (line) => line.split(' ').slice(-3).join(' ');
    expect([ending(bank[0]), ending(bank[1])]).toEqual([ending(bank[2]), ending(bank[3])]);
    expect(new Set(bank.map(ending))).toEqual(new Set(['reached the bank', 'near the bank']));
  });

  it('has forty different names in four groups of ten, half of them of each gender', () => {
    const names = table('embeddings/names.csv');
    expect(new Set(names.map(({ name }) => name)).size).toBe(40);
    const cells = count(names.map(({ group, gender }) => `${group}: ${gender}`));
    expect([...cells.values()]).toEqual(new Array(8).fill(5));
  });

  it('has cities once each, on the globe, of many countries', () => {
    const cities = table('embeddings/cities.csv');
    expect(cities.length).toBeGreaterThanOrEqual(60);
    expect(new Set(cities.map(({ name }) => name)).size).toBe(cities.length);
    expect(new Set(cities.map(({ country }) => country)).size).toBeGreaterThan(40);
    for (const { name, latitude, longitude } of cities) {
      expect(Math.abs(Number(latitude)), name).toBeLessThan(90);
      expect(Math.abs(Number(longitude)), name).toBeLessThan(180);
      expect(latitude, name).toMatch(/^-?\d+\.\d\d$/);
    }
  });

  it('has as many animals as fruits as vehicles', () => {
    const things = table('embeddings/things.csv');
    expect(new Set(things.map(({ name }) => name)).size).toBe(things.length);
    expect([...count(things.map(({ group }) => group))]).toEqual([
      ['animal', 12],
      ['fruit', 12],
      ['vehicle', 12],
    ]);
  });
});

describe('statements for the Lie Detector', () => {
  it('are a dozen sentences, with a denied truth and a denied falsehood of the same facts', () => {
    const statements = lines('truth/statements.txt');
    expect(statements).toHaveLength(12);
    for (const statement of statements) expect(statement).toMatch(/^[A-Z][^.]*\.$/);
    const [truth, falsehood, denied, deniedTruth] = statements;
    expect([truth.replace(' is ', ' is not '), falsehood.replace(' is ', ' is not ')]).toEqual([deniedTruth, denied]);
    expect(statements).toContain('The capital of Australia is Sydney.');
  });

  it('are none that the probe was trained on', () => {
    const trained = parse(readTruthFile('statements.csv'), { columns: true }).map(({ statement }) => statement);
    expect(trained.filter((statement) => lines('truth/statements.txt').includes(statement))).toEqual([]);
  });

  it('has a question for the model to answer, which ends where the model goes on', () => {
    expect(read('truth/answer.txt')).toMatch(/\?$/);
  });
});
