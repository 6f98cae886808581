/**
 * A YAML file with one template: Semantic Kernel's (https://learn.microsoft.com/semantic-kernel/concepts/prompts/yaml-schema), LangChain's, and
 * others that have a `prompt`. The language is that of `template_format`. Semantic Kernel writes `{{$name}}` without one, LangChain `{name}`,
 * others `{{name}}`; a language that is not rendered here is told by name.
 */
import { isMap, isScalar, isSeq } from 'yaml';
import type { Message } from '../../protocol/model';
import { isMapping } from '../frontMatter';
import { messageTags } from '../messageTags';
import { notRead } from '../source';
import { braceTag, TagFilling } from '../tagFilling';
import { type MappedText, sliced } from '../templates/mappedText';
import type { TemplateLanguage } from '../templates/renderTemplate';
import type { OwnValue } from '../templates/templateVariables';
import { nameOf, type YamlFile } from './file';

const kernelTag = /\{\{\s*\$(\w+)\s*\}\}/g;
/** `template_format` in lower case. */
const languages = new Map<string, TemplateLanguage>([
  ['handlebars', 'kernelHandlebars'],
  ['jinja2', 'jinja'],
  ['jinja', 'jinja'],
  ['mustache', 'mustache'],
]);
const tags = new Map<string, RegExp>([
  ['semantic-kernel', kernelTag],
  ['f-string', braceTag],
]);

/** @throws promptMalformed, promptNotRead */
export function templateMessages(file: YamlFile, whole: MappedText): Message[] {
  const { root, source } = file;
  const written = file.at(root, 'template_format');
  const format = isScalar(written) && written.value !== null ? String(written.value).trim() : '';
  const language = languages.get(format.toLowerCase());
  const values = ownValues(file);
  // The line break that ends a block of YAML is no part of Semantic Kernel's prompt.
  const isBlock = !root.has('_type') && root.has('template') && whole.content.endsWith('\n');
  const text = isBlock ? sliced(whole, 0, whole.content.length - 1) : whole;
  if (language) {
    const own = isPythons(language) ? withWholeNumbers(values) : values;
    return messageTags(file.rendered(language, text, own), file.notes);
  }
  const pattern = format === '' ? usualTag(file, text.content) : tags.get(format.toLowerCase());
  if (pattern === undefined) throw notRead(source, file.offsetOf(written), 'templateFormat', format);
  const texts = new Map([...values].map(([name, { value }]) => [name, String(value)]));
  return messageTags(new TagFilling(source, texts, pattern ?? undefined).fill(text), file.notes);
}

const isPythons = (language: TemplateLanguage): boolean => language === 'jinja' || language === 'mustache';

/** Python writes 1 and 1.0 differently; YAML's whole numbers are the former. */
function withWholeNumbers(values: ReadonlyMap<string, OwnValue>): Map<string, OwnValue> {
  return new Map([...values].map(([name, { value, from }]) => [name, { value: wholeNumbers(value), from }]));
}

function wholeNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wholeNumbers);
  if (isMapping(value))
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, wholeNumbers(each)]));
  return Number.isSafeInteger(value) ? BigInt(Number(value)) : value;
}

/** Null for `{{name}}`. */
function usualTag({ root }: YamlFile, template: string): RegExp | null {
  if (root.has('_type')) return braceTag;
  return root.has('input_variables') || /\{\{\s*\$/.test(template) ? kernelTag : null;
}

/** The defaults of Semantic Kernel's `input_variables`, and LangChain's `partial_variables`. */
function ownValues(file: YamlFile): Map<string, OwnValue> {
  const values = new Map<string, OwnValue>();
  const set = (name: string, value: unknown) => {
    if (value !== null && value !== undefined) values.set(name, { value, from: 'file' });
  };
  const inputs = file.at(file.root, 'input_variables');
  for (const item of isSeq(inputs) ? inputs.items : []) {
    const input = file.resolved(item);
    if (isMap(input)) set(String(input.get('name')), file.plain(file.at(input, 'default')));
  }
  const partial = file.at(file.root, 'partial_variables');
  for (const { key, value } of isMap(partial) ? partial.items : []) set(nameOf(key), file.plain(file.resolved(value)));
  return values;
}
