/**
 * LangChain's few-shot prompt (`_type: few_shot`): a text before the examples, each example in the example's own template, a text behind
 * them, with an empty line between. As there, the whole is a format string once more, so a brace in an example counts. An example's values
 * stand at their tags in the example's template. Texts and examples may stand in files beside the prompt.
 */
import { isMap, isScalar, type Node, type YAMLMap } from 'yaml';
import type { Message } from '../../protocol/model';
import { ContentBuilder } from '../contentBuilder';
import { notRead, type Source } from '../source';
import { braceTag, TagFilling } from '../tagFilling';
import { type MappedText, placedAt } from '../templates/mappedText';
import type { YamlFile } from './file';
import { entriesOf, memberOf, textBeside, valuesBeside } from './promptfooFiles';

const usualSeparator = '\n\n';

/** @throws promptNotRead where the example's template, or the examples, are not to be had */
export function fewShotMessages(file: YamlFile): Message[] {
  const { root, source } = file;
  const format = file.at(root, 'template_format');
  if (isScalar(format) && format.value !== 'f-string')
    throw notRead(source, file.offsetOf(format), 'templateFormat', String(format.value));
  const template = exampleTemplate(file);
  const examples = examplesOf(file);
  if (template === null || examples === null) throw notRead(source, source.start, 'yamlShape');
  // The variables of an example are not those of the prompt: nobody gives them a value.
  const inner: Source = { ...source, variables: {}, found: new Map() };
  const shots = examples.map((values) => new TagFilling(inner, values, braceTag).fill(template));
  const separator = file.at(root, 'example_separator');
  const between = isScalar(separator) ? String(separator.value ?? '') : usualSeparator;
  const text = joinedBy(between, [templateText(file, 'prefix'), ...shots, templateText(file, 'suffix')]);
  return [{ role: 'user', ...new TagFilling(source, undefined, braceTag).fill(text) }];
}

/** The text under a key, or in the file that `key_path` names; null where there is neither. */
export function templateText(file: YamlFile, key: string): MappedText | null {
  const own = file.at(file.root, key);
  if (isScalar(own) && own.value !== null) return file.scalar(own);
  const path = file.at(file.root, `${key}_path`);
  if (!isScalar(path) || typeof path.value !== 'string') return null;
  const text = textBeside(file, path.value);
  return text === null ? null : placedAt(text, placeOf(file, path));
}

function exampleTemplate(file: YamlFile): MappedText | null {
  const own = file.at(file.root as YAMLMap, 'example_prompt');
  const template = isMap(own) ? file.at(own, 'template') : null;
  if (isScalar(template)) return file.scalar(template);
  const path = file.at(file.root as YAMLMap, 'example_prompt_path');
  if (!isScalar(path) || typeof path.value !== 'string') return null;
  const text = memberOf(valuesBeside(file, path.value), 'template');
  return typeof text === 'string' ? placedAt(text, placeOf(file, path)) : null;
}

function examplesOf(file: YamlFile): Map<string, string>[] | null {
  const own = file.at(file.root, 'examples');
  const isPath = isScalar(own) && typeof own.value === 'string';
  const values = isPath ? valuesBeside(file, String(own.value)) : file.plain(own);
  if (!Array.isArray(values)) return null;
  return values.map((each) => new Map(entriesOf(each).map(([name, value]) => [name, pythonText(value)])));
}

/** As Python's format strings write it. */
function pythonText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function joinedBy(separator: string, texts: readonly (MappedText | null)[]): MappedText {
  const content = new ContentBuilder();
  const written = texts.filter((text): text is MappedText => text !== null && text.content !== '');
  written.forEach((text, index) => {
    if (index > 0) content.write(separator);
    content.copyMapped(text, 0, text.content.length);
  });
  return content.result();
}

function placeOf(file: YamlFile, node: Node): [start: number, end: number] {
  return [file.offsetOf(node), file.source.start + (node.range?.[1] ?? 0)];
}
