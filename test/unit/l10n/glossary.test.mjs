/** The same thing has the same word everywhere: the translations use the terms of l10n/glossary.md. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { languages, readBundle } from '../../../scripts/l10n.mjs';

const root = path.join(import.meta.dirname, '../../..');
const nls = (language) => JSON.parse(fs.readFileSync(path.join(root, `package.nls${language}.json`), 'utf8'));

/** Rows of the first table: English and the terms of both languages. */
const [checked] = fs.readFileSync(path.join(root, 'l10n/glossary.md'), 'utf8').split('These words have more than one');
const terms = [...checked.matchAll(/^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map((row) => row.slice(1)).slice(1);

/** The term as a word of its own, in singular or plural; a hyphen or a dot makes it part of another word. */
const asWord = (term) => new RegExp(`(?<![\\w.-])${term.replace(/y$/, '(?:y|ies)')}(?:s|es)?(?![\\w-])`, 'i');

/** Names and quoted words are not translated. */
const withoutNames = (english) => english.replace(/Prompt Lens|`[^`]*`|"[^"]*"/g, '');

const english = nls('');
const texts = Object.fromEntries(
  languages.map((language) => {
    const translated = nls(`.${language}`);
    const titles = Object.entries(english).map(([key, text]) => [text, translated[key]]);
    return [language, [...Object.entries(readBundle(language)), ...titles]];
  }),
);

/** Texts that have the term in English and lack its translation. */
function lacking(term, said, pairs) {
  const word = asWord(term);
  return pairs.filter(([text, translation]) => word.test(withoutNames(text)) && !translation.includes(said));
}

it('the table is read whole', () => {
  expect(terms.length).toBeGreaterThan(50);
  expect(terms).toContainEqual(['token', '词元', '詞元']);
});

it('a missing term would be found, as a whole word and not in a name', () => {
  const pairs = [
    ['Two tokens', '两个词元'],
    ['A token', '一个记号'],
    ['Open `token`', '打开'],
    ['The tokenizer', '分词器'],
  ];
  expect(lacking('token', '词元', pairs)).toEqual([['A token', '一个记号']]);
  expect(lacking('probability', '概率', [['Probabilities', '或然率']])).toHaveLength(1);
});

describe.each(languages.map((language, at) => ({ language, at })))('$language', ({ language, at }) => {
  it.each(terms)('%s', (...row) => {
    const [term] = row;
    const pairs = texts[language];
    expect(pairs.filter(([text]) => asWord(term).test(withoutNames(text))).length).toBeGreaterThan(0);
    expect(lacking(term, row[1 + at], pairs)).toEqual([]);
  });
});
