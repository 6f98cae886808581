/**
 * The values with which promptfoo would run a prompt: those of one test over those that all tests have. Tests and values may stand in files;
 * a value may name others (`{{name}}`), as promptfoo puts variables into variables.
 */
import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { clause } from '../../protocol/clauses';
import type { PromptVariable } from '../../protocol/model';
import { chooseTest } from '../choice';
import type { Source } from '../source';
import type { MappedText } from '../templates/mappedText';
import type { OwnValue } from '../templates/templateVariables';
import type { YamlFile } from './file';
import { entriesOf, memberOf, pathIn, pathsOf, textBeside, valuesBeside } from './promptfooFiles';

const picture = /\.(?:png|jpe?g|gif|webp|bmp|svg)$/i;

/** A test, or what stands beneath one: `vars` and `options`. */
interface Layer {
  test: unknown;
  from: OwnValue['from'];
  /** Where it stands in this file. */
  node?: YAMLMap;
}

/** The layers of one test, the one that counts most at the end. */
type TestCase = () => Layer[];

export interface TestReading {
  values: Map<string, OwnValue>;
  /** Templates that promptfoo puts before and behind the prompt. */
  prefix: MappedText;
  suffix: MappedText;
}

export function chosenTestOf(file: YamlFile): TestReading {
  const { root, source, notes } = file;
  const cases = root.has('tests') ? testCases(file, file.at(root, 'tests')) : scenarioCases(file);
  const { index, notes: which } = cases.length > 0 ? chooseTest(source, cases.length) : { index: 0, notes: [] };
  notes.say(...which);
  const [usual = () => []] = testCases(file, file.at(root, 'defaultTest'));
  const layers = [...usual(), ...(cases[index]?.() ?? [])];
  return {
    values: valuesOf(file, layers),
    prefix: optionOf(file, layers, 'prefix'),
    suffix: optionOf(file, layers, 'suffix'),
  };
}

/** The text of the last layer that has one. That of another file has no place in this one. */
function optionOf(file: YamlFile, layers: readonly Layer[], name: string): MappedText {
  const layer = [...layers].reverse().find(({ test }) => memberOf(memberOf(test, 'options'), name));
  const options = layer?.node ? file.at(layer.node, 'options') : null;
  const own = isMap(options) ? file.at(options, name) : null;
  if (isScalar(own)) return file.scalar(own);
  const text = memberOf(memberOf(layer?.test, 'options'), name);
  return { content: text === undefined || text === null ? '' : String(text), pieces: [] };
}

function testCases(file: YamlFile, node: Node | null): TestCase[] {
  if (isSeq(node)) return node.items.flatMap((item) => testCases(file, file.resolved(item)));
  if (isScalar(node) && typeof node.value === 'string') return casesBeside(file, node.value);
  if (!isMap(node)) return [];
  const path = node.has('vars') ? null : node.get('path');
  if (typeof path === 'string') return casesBeside(file, path);
  return [() => [{ test: file.plain(node), from: 'file', node }]];
}

/** Each test of a scenario with each of its sets of values. */
function scenarioCases(file: YamlFile): TestCase[] {
  const scenarios = file.at(file.root, 'scenarios');
  return (isSeq(scenarios) ? scenarios.items : []).flatMap((item) => {
    const scenario = file.resolved(item);
    if (!isMap(scenario)) return [];
    const [sets, tests] = ['config', 'tests'].map((key) => testCases(file, file.at(scenario, key)));
    return sets.flatMap((set) => (tests.length > 0 ? tests.map((test) => () => [...set(), ...test()]) : [set]));
  });
}

function casesBeside(file: YamlFile, written: string): TestCase[] {
  const path = pathIn(written) ?? written;
  if (/^[a-z]+:\/\/|\.xlsx?(?:#.*)?$/i.test(path)) {
    file.notes.notRead('tests');
    return [];
  }
  const paths = pathsOf(file, path);
  if (paths.length === 0) file.notes.say(clause('noteBesideMissing', path));
  return paths.flatMap((each) => {
    const values = valuesBeside(file, each);
    const tests = values === undefined ? [] : Array.isArray(values) ? values : [values];
    return tests.map((test) => () => [{ test: isTable(each) ? rowTest(test) : test, from: 'beside' as const }]);
  });
}

const isTable = (path: string): boolean => /\.[ct]sv$/i.test(path);

/** A row of a table: its columns are values, but for those that begin with two underscores. */
function rowTest(row: unknown): Map<string, unknown> {
  const cells = entriesOf(row);
  const options = cells.filter(([name]) => name.startsWith('__')).map(([name, cell]) => [name.slice(2), cell] as const);
  return new Map([
    ['vars', new Map(cells.filter(([name]) => !name.startsWith('__')))],
    ['options', new Map(options)],
  ]);
}

/** Of a list of values promptfoo runs each; the first is filled in here. */
function valuesOf(file: YamlFile, layers: readonly Layer[]): Map<string, OwnValue> {
  const values = new Map<string, OwnValue>();
  const several = new Set<string>();
  for (const { test, from } of layers.flatMap((layer) => varLayers(file, layer))) {
    for (const [name, written] of entriesOf(test)) {
      const all = Array.isArray(written) ? written.flatMap((each) => expanded(file, each)) : expanded(file, written);
      if (all.length > 1) several.add(name);
      const path = pathIn(all[0]);
      const value = path === null ? all[0] : textOf(file, path);
      if (value !== undefined && value !== null)
        values.set(name, { value: withoutLastBreak(value), from: path === null ? from : 'beside' });
      else values.delete(name);
    }
  }
  const names = [...several].map((name) => `"${name}"`).join(', ');
  if (names !== '') file.notes.say(clause('noteFirstValue', names));
  return values;
}

/** promptfoo takes one line break from the end of a value. */
function withoutLastBreak(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\n$/, '') : value;
}

/** The values of a test, or those of the files that it names in their place. */
function varLayers(file: YamlFile, { test, from }: Layer): Layer[] {
  const vars = memberOf(test, 'vars');
  const named =
    typeof vars === 'string' ? [vars] : Array.isArray(vars) ? vars.filter((each) => typeof each === 'string') : null;
  if (named === null) return [{ test: vars, from }];
  return named
    .flatMap((path) => pathsOf(file, pathIn(path) ?? path))
    .map((path) => ({ test: valuesBeside(file, path), from: 'beside' }));
}

/** A path with wildcards is as many values as there are files. */
function expanded(file: YamlFile, value: unknown): unknown[] {
  const path = pathIn(value);
  return path === null ? [value] : pathsOf(file, path).map((each) => `file://${each}`);
}

/** The text of a file in the place of a value; that of YAML is written as JSON. */
function textOf(file: YamlFile, path: string): unknown {
  if (picture.test(path)) {
    file.notes.leaveOut('picture');
    return '';
  }
  if (!/\.ya?ml$/i.test(path)) return textBeside(file, path)?.trim();
  const values = valuesBeside(file, path);
  return values === undefined ? undefined : JSON.stringify(values);
}

const reference = /\{\{\s*(\w+)\s*\}\}/g;
const mostRounds = 5;
/** UTF-16 units of a value that others were put into: values that name each other twice grow quickly. */
const longestValue = 2 ** 20;

/** The values with the others that they name put into them; a name without a value stays. Values of the user count here too. */
export function joinedValues({ variables }: Source, values: ReadonlyMap<string, OwnValue>): Map<string, OwnValue> {
  const joined = new Map(values);
  for (let round = 0; round < mostRounds; round++) {
    for (const [name, { value, from }] of joined) {
      if (typeof value !== 'string' || !value.includes('{{')) continue;
      const text = value.replace(reference, (tag, inner: string) => {
        const other = Object.hasOwn(variables, inner) ? variables[inner] : joined.get(inner)?.value;
        return other === undefined || typeof other === 'object' || inner === name ? tag : String(other);
      });
      if (text.length <= longestValue) joined.set(name, { value: text, from });
    }
  }
  return joined;
}

/** Reports the variables that stand in the values of those that are reported already. */
export function reportInner(
  { found, variables }: Source,
  written: ReadonlyMap<string, OwnValue>,
  joined: ReadonlyMap<string, OwnValue>,
): void {
  const todo = [...(found?.keys() ?? [])];
  for (const name of todo) {
    const { value } = written.get(name) ?? {};
    if (typeof value !== 'string' || Object.hasOwn(variables, name)) continue;
    for (const [, inner] of value.matchAll(reference)) {
      if (found?.has(inner)) continue;
      found?.set(inner, reported(inner));
      todo.push(inner);
    }
  }
  function reported(name: string): PromptVariable {
    if (Object.hasOwn(variables, name)) return { name, value: variables[name], from: 'given' };
    const own = joined.get(name);
    return { name, value: own ? String(own.value) : null, from: own?.from ?? null };
  }
}
