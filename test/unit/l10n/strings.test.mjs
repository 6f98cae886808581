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

/** Names, formats and formulas: the same in every language. */
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
  // The course's own words, and quotation marks alone.
  'My name is {x}',
  '“{0}”',
  'id',
  'p',
  '{0}',
]);

/** Characters and words that betray the other script, or a conversion of characters without one of words. */
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

describe('clauses inside problems', async () => {
  const { problemClauses, sayClauses } = await protocol('problemClauses');
  const scripts = fs.readdirSync(path.join(root, 'src'), { recursive: true }).filter((name) => name.endsWith('.mjs'));
  const code = [...['src', 'webview'].flatMap(sources), ...scripts.map((name) => path.join('src', name))].filter(
    (file) => !file.endsWith('problemClauses.ts'),
  );
  const text = code.map((file) => fs.readFileSync(path.join(root, file), 'utf8'));

  it('are recognised with their parts, several of them, and behind a name', () => {
    const loud = (english) => english.toUpperCase();
    expect(sayClauses('the tensor a.b is missing', loud)).toBe('THE TENSOR a.b IS MISSING');
    expect(sayClauses('it announces more array entries than it can hold', loud)).toContain('ARRAY ENTRIES');
    expect(sayClauses('cuda: libcudnn.so.9 is not installed; webgpu: no usable graphics adapter', loud)).toBe(
      'cuda: libcudnn.so.9 IS NOT INSTALLED; webgpu: NO USABLE GRAPHICS ADAPTER',
    );
    expect(sayClauses('its rotary positions are scaled (yarn)', loud)).toBe('ITS ROTARY POSITIONS ARE SCALED (yarn)');
    expect(sayClauses('what a driver says', loud)).toBe('what a driver says');
  });

  it('are all still written somewhere', () => {
    const gone = problemClauses.filter((clause) => {
      const words = clause.split(/\{\d\}/);
      return !text.some((file) => words.every((part) => file.includes(part)));
    });
    expect(gone).toEqual([]);
  });

  it('are all that is said about a model file', () => {
    const said = text
      .join('\n')
      .matchAll(/\b(?:malformed|unsupported)\(\s*(?:this\.)?path,\s*(?:'([^']*)'|`((?:[^`$]|\$\{[^}]*\})*)`)/g);
    const clauses = [...said].map(([, plain, template]) => plain ?? template.replace(/\$\{[^}]*\}/g, '7'));
    expect(clauses.length).toBeGreaterThan(20);
    expect(clauses.filter((clause) => sayClauses(clause, () => 'known') !== 'known')).toEqual([]);
  });
});
