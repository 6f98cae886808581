/** The names of the truth probe's topics: each has words in three languages, and no two share them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { configureStrings } from '../../../webview/base/strings';
import { topicName } from '../../../webview/panels/lie/topics';

const root = join(__dirname, '../../..');
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const topics: string[] = read('models/truth/facts.json').topics.map(({ topic }: { topic: string }) => topic);

afterEach(() => configureStrings({}));

it.each(['zh-cn', 'zh-tw'])('every topic of the list of facts has its own Chinese name in %s', (language) => {
  configureStrings(read(`l10n/bundle.l10n.${language}.json`));
  const names = topics.map(topicName);
  expect(names.filter((name) => !/\p{Script=Han}/u.test(name))).toEqual([]);
  expect(new Set(names).size).toBe(topics.length);
});

it('English names are words, and a topic of another list keeps its own', () => {
  expect(topicName('animalClass')).toBe('animal class');
  expect(topicName('weight')).toBe('heaviness');
  expect(topicName('seaShanty')).toBe('sea shanty');
  expect(topicName('constructor')).toBe('constructor');
});
