/** Every string exists in three languages, with the same places for arguments and in the script of its language. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  collectStrings,
  differences,
  languages,
  literalsIn,
  pageCall,
  protocol,
  readBundle,
  sources,
} from '../../../scripts/l10n.mjs';

const root = path.join(import.meta.dirname, '../../..');
const nls = (language) =>
  JSON.parse(fs.readFileSync(path.join(root, `package.nls${language ? `.${language}` : ''}.json`), 'utf8'));
const strings = await collectStrings();

/** Names, formats and formulas, which are the same in every language. */
const same = new Set([
  'CSV',
  'JSON',
  'PNG',
  'SVG',
  'Top-k',
  'Top-p',
  'top-k {0}',
  'top-p {0}',
  'Σ log p',
  'log p',
  'Ctrl+Enter',
  // These are the course's own words, and quotation marks alone.
  'My name is {x}',
  '“{0}”',
  'id',
  'p',
  '{0}',
]);

/** Characters and words that betray the other script, or a conversion of characters only and not of words. */
const foreign = {
  'zh-cn':
    /[這個們來說時為會對過還進動產發現實應當開關點擊執設檔顯選擇機詞圖層頭觀測驚異權匯讀寫變數與無從請裡須後體話從單純義務區錄訊]/,
  'zh-tw':
    /[这个们来说时为会对过还进动产发现实应当开关点击执设档显选择机词图层头观测惊权汇读写变数与无从请须话单纯义务区录讯]|信息|默認|文件|文本|設置|菜單|鼠標|內存|概率|點擊|運行|加載|顯卡|保存|網絡|軟件|屏幕|字符|字節|線程|緩存|視圖|日志|激活|懸停|程序|數組|對象|變量/,
};

const placeholders = (text) => [...new Set(text.match(/\{\d\}/g) ?? [])].sort();

describe('the collector', () => {
  it('reads quotes, escapes and calls over several lines, and refuses what it cannot read', () => {
    expect(literalsIn(`t('it\\'s'); t(\n  "a \\u2026",\n  1); act('no')`, pageCall)).toEqual(["it's", 'a …']);
    expect(() => literalsIn('t(word)', pageCall, 'x.ts')).toThrow('x.ts: call 1');
    expect(() => literalsIn(`t('a' + b)`, pageCall)).toThrow('one string in quotes');
  });

  it('finds strings of the host, of the page and of the problems', () => {
    expect(strings).toEqual(
      expect.arrayContaining(['Restart Engine', 'Probabilities', '{0} is empty.', 'it is a folder']),
    );
    expect(strings.length).toBeGreaterThan(300);
  });
});

describe.each([undefined, ...languages])('the bundle of %s', (language) => {
  it('has every string and no other', () => {
    expect(differences(strings, readBundle(language))).toEqual({ missing: [], superfluous: [] });
  });
});

describe.each(languages)('%s', (language) => {
  const all = [
    ...Object.entries(readBundle(language)),
    ...Object.entries(nls()).map(([key, english]) => [english, nls(language)[key] ?? '']),
  ].filter(([english]) => english !== 'Prompt Lens');

  it('names the same arguments', () => {
    expect(all.filter(([english, said]) => `${placeholders(english)}` !== `${placeholders(said)}`)).toEqual([]);
  });

  it('leaves nothing in English but names', () => {
    expect(all.filter(([english, said]) => !same.has(english) && (said === english || said === ''))).toEqual([]);
  });

  it('is written in its own script and words', () => {
    expect(all.filter(([, said]) => foreign[language].test(said))).toEqual([]);
  });

  it('translates the same keys of package.nls, with the same commands and code', () => {
    const kept = (text) => text.match(/`\.[^`]*`|\(command:[^)]*\)/g) ?? [];
    expect(Object.keys(nls(language)).sort()).toEqual(Object.keys(nls()).sort());
    for (const [key, english] of Object.entries(nls())) expect(kept(nls(language)[key]), key).toEqual(kept(english));
  });

  it('names commands in settings as the palette does', () => {
    const titles = Object.entries(nls(language)).filter(([key]) => key.startsWith('command.'));
    const named = Object.values(nls(language)).flatMap((text) => [...text.matchAll(/`Prompt Lens: ([^`]*)`/g)]);
    expect(named.length).toBeGreaterThan(0);
    for (const [, title] of named) expect(titles.map(([, text]) => text)).toContain(title);
  });
});

describe('problems and their clauses', async () => {
  const { problemCatalogue } = await protocol('problemCatalogue');
  const { clauses } = await protocol('clauses');
  const files = sources('src').filter((file) => !/protocol.(?:clauses|problem\w*)\.ts$/.test(file));
  const code = files.map((file) => ({ file, text: fs.readFileSync(path.join(root, file), 'utf8') }));

  it.each([undefined, ...languages])('are all in the bundle of %s', (language) => {
    const bundle = readBundle(language);
    const all = Object.values(problemCatalogue).flatMap((entry) =>
      [entry.message, entry.remedy, entry.remedyInEditor].filter(Boolean),
    );
    expect(all.length).toBeGreaterThan(160);
    expect([...all, ...Object.values(clauses)].filter((english) => !Object.hasOwn(bundle, english))).toEqual([]);
  });

  it('are all used somewhere', () => {
    const pages = sources('webview').map((file) => fs.readFileSync(path.join(root, file), 'utf8'));
    const own = fs.readFileSync(path.join(root, 'src/protocol/clauses.ts'), 'utf8').split('as const satisfies')[1];
    const all = [...code.map(({ text }) => text), ...pages, own].join('\n');
    const unused = [...Object.keys(clauses), ...Object.keys(problemCatalogue)].filter(
      (key) => !all.includes(`'${key}'`),
    );
    // The problem class itself creates `internal`.
    expect(unused.filter((key) => key !== 'internal')).toEqual([]);
  });

  it('are the only English that stands among the arguments of a problem', () => {
    const made = code.flatMap(({ file, text }) =>
      argumentsOf(text, /new ProblemError\(\s*'(\w+)'/g).map(({ name, rest }) => ({ file, code: name, rest })),
    );
    expect(made.length).toBeGreaterThan(150);
    // `usage` problems carry the command line's own sentences, which are English.
    const spoken = made.filter((each) => each.code !== 'usage');
    expect(spoken.flatMap(({ file, rest }) => wordsIn(rest).map((words) => `${file}: ${words}`))).toEqual([]);
  });

  it("are never hidden behind others' words", () => {
    const quoted = code.flatMap(({ text }) => argumentsOf(text, /(?<![\w.]|const )(verbatim)\(/g));
    expect(quoted.length).toBeGreaterThan(8);
    const names = new Set(['top-k', 'top-p', 'min-p']);
    expect(quoted.flatMap(({ rest }) => wordsIn(rest)).filter((words) => !names.has(words))).toEqual([]);
  });

  it('would be found if they were not: the search itself', () => {
    const found = argumentsOf(
      `throw new ProblemError('x', [a(')'), \`of \${b}\`]); c('the end')`,
      /new ProblemError\('(\w+)'/g,
    );
    expect(found).toEqual([{ name: 'x', rest: `, [a(')'), \`of \${b}\`]` }]);
    expect(wordsIn(found[0].rest)).toEqual(['of ']);
    expect(wordsIn(`[clause('text'), range.join(', '), 'cuda', "it's so", kind === 'raw' ? 1 : 2]`)).toEqual([
      "it's so",
    ]);
  });
});

/** Names that are not sentences: providers, models, parameters of requests. */
const names = new Set(['cuda', 'bundled']);

/** Quoted words that somebody could read, leaving out keys of clauses, comparisons and arguments of methods. */
function wordsIn(code) {
  const read = code.replace(/\bclause\(\s*'\w+'|[=!]== '[^']*'|\.\w+\('[^']*'/g, '');
  const quoted = [...read.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`/g)];
  return quoted
    .map(([, single, double, template]) => single ?? double ?? template.replace(/\$\{[^}]*\}/g, ''))
    .filter((words) => /\p{L}{2}/u.test(words) && !names.has(words));
}

/** For every call: the text in the pattern's group, and the text after the match up to the bracket that ends the call. */
function argumentsOf(text, call) {
  return [...text.matchAll(call)].map((found) => {
    const from = found.index + found[0].length;
    let depth = 1;
    let quote = '';
    let at = from;
    for (; depth > 0 && at < text.length; at++) {
      const character = text[at];
      if (quote) quote = character === quote ? '' : quote;
      else if ('\'"`'.includes(character)) quote = character;
      else if ('([{'.includes(character)) depth++;
      else if (')]}'.includes(character)) depth--;
    }
    return { name: found[1], rest: text.slice(from, at - 1) };
  });
}
