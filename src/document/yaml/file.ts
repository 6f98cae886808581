/** A YAML file with the help that the readers of prompts in it need: aliases resolved, texts with their places, values. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { chooseTest } from '../choice';
import { Notes } from '../notes';
import { malformed, type Source } from '../source';
import type { MappedText } from '../templates/mappedText';
import { renderTemplate, type TemplateLanguage } from '../templates/renderTemplate';
import type { OwnValue } from '../templates/templateVariables';
import { scalarText } from './scalar';

export class YamlFile {
  readonly notes = new Notes();

  constructor(
    readonly source: Source,
    readonly document: Document,
    readonly root: YAMLMap | YAMLSeq,
  ) {}

  /** The texts of a scalar, or of a list of parts; parts that are not text are left out. */
  textOf(node: Node | null): MappedText {
    if (isScalar(node)) return node.value === null ? { content: '', pieces: [] } : this.scalar(node);
    const parts = isSeq(node) ? node.items.map((item) => this.resolved(item)) : [];
    const texts = parts.flatMap((part) => {
      const text = isMap(part) ? this.at(part, 'text') : part;
      if (isScalar(text)) return [this.scalar(text)];
      this.notes.leaveOut(
        isMap(part) && part.items.some(({ key }) => /image/i.test(String(key))) ? 'picture' : 'other',
      );
      return [];
    });
    return joined(texts);
  }

  /** The texts of a list of messages. @throws promptMalformed */
  turns(items: readonly unknown[]): { role: string; text: MappedText }[] {
    return items.map((item) => {
      const node = this.resolved(item);
      const role = isMap(node) ? this.at(node, 'role') : null;
      if (!isMap(node) || !isScalar(role) || typeof role.value !== 'string' || role.value === '')
        throw malformed(this.source, this.offsetOf(node), 'chatRole');
      return { role: role.value, text: this.textOf(this.at(node, 'content')) };
    });
  }

  chosenTest(items: readonly unknown[]): YAMLMap | null {
    if (items.length === 0) return null;
    const { index, notes } = chooseTest(this.source, items.length);
    this.notes.say(...notes);
    const test = this.resolved(items[index]);
    return isMap(test) ? test : null;
  }

  valuesOf(node: Node | null): Map<string, string> {
    if (!isMap(node)) return new Map();
    return new Map(
      node.items.flatMap(({ key, value }) => {
        const own = this.resolved(value);
        if (isScalar(own)) return own.value === null ? [] : [[nameOf(key), String(own.value)] as const];
        return own ? [[nameOf(key), JSON.stringify(this.plain(own))] as const] : [];
      }),
    );
  }

  /** The node's value as plain lists and mappings. @throws promptMalformed where aliases multiply */
  plain(node: Node | null): unknown {
    try {
      return node?.toJS(this.document, { maxAliasCount: 100 }) ?? null;
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      throw malformed(this.source, this.offsetOf(node), 'yamlSyntax', cause);
    }
  }

  /** A text rendered; its variables are the file's. @throws promptMalformed */
  rendered(language: TemplateLanguage, template: MappedText, own: ReadonlyMap<string, OwnValue>): MappedText {
    const { text, variables } = renderTemplate(this.source, { language, template, own });
    for (const variable of variables) this.source.found?.set(variable.name, variable);
    return text;
  }

  scalar(node: Scalar): MappedText {
    return scalarText(this.source.text, node, this.source.start);
  }

  at(map: YAMLMap | YAMLSeq, key: string): Node | null {
    return this.resolved(map.get(key, true));
  }

  resolved(node: unknown): Node | null {
    if (isAlias(node)) return node.resolve(this.document) ?? null;
    return isScalar(node) || isMap(node) || isSeq(node) ? node : null;
  }

  offsetOf(node: Node | null): number {
    return this.source.start + (node?.range?.[0] ?? 0);
  }
}

export const nameOf = (key: unknown): string => String(isScalar(key) ? key.value : key);

export function joined(texts: readonly MappedText[]): MappedText {
  let content = '';
  const pieces: MappedText['pieces'] = [];
  for (const text of texts) {
    for (const piece of text.pieces) pieces.push({ ...piece, at: piece.at + content.length });
    content += text.content;
  }
  return { content, pieces };
}
