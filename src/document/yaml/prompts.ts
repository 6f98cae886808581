/**
 * Prompts in YAML, told apart by what they hold: GitHub Models (`messages`, `testData`), promptfoo (a list of `prompts`, `tests`), Semantic
 * Kernel and LangChain (`template`), .NET DotPrompt (`prompts` with `system` and `user`).
 */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { Message, PromptInput } from '../../protocol/model';
import { choosePrompt, chooseTest } from '../choice';
import { parseYaml } from '../frontMatter';
import { messageTags } from '../messageTags';
import { Notes } from '../notes';
import { malformed, notRead, promptEmpty, type Source } from '../source';
import { TagFilling } from '../tagFilling';
import type { MappedText } from '../templates/mappedText';
import { scalarText } from './scalar';

const kernelTag = /\{\{\s*\$(\w+)\s*\}\}/g;
const braceTag = /(?<!\{)\{([A-Za-z_]\w*)\}(?!\})/g;

/** @throws promptMalformed, promptNotRead, emptyPrompt */
export function yamlPrompt(source: Source): PromptInput {
  if (source.text.slice(source.start).trim() === '') throw promptEmpty(source.file);
  const document = parseYaml(source, source.start, source.text.length);
  const root = document.contents;
  if (!isMap(root)) throw notRead(source, source.start, 'yamlShape');
  const reader = new YamlReader(source, document, root);
  const messages = reader.read();
  if (!messages) throw notRead(source, source.start, 'yamlShape');
  if (messages.length === 0) throw promptEmpty(source.file);
  return { kind: 'chat', file: source.file, messages, ...reader.notes.result() };
}

class YamlReader {
  readonly notes = new Notes();

  constructor(
    private readonly source: Source,
    private readonly document: Document,
    private readonly root: YAMLMap,
  ) {}

  read(): Message[] | null {
    const messages = this.at(this.root, 'messages');
    if (isSeq(messages)) return this.chat(messages.items);
    const prompts = this.at(this.root, 'prompts');
    if (isMap(prompts)) return this.dotnet(prompts);
    if (isSeq(prompts) || isScalar(prompts)) return this.promptfoo(isSeq(prompts) ? prompts.items : [prompts]);
    const template = this.at(this.root, 'template') ?? this.at(this.root, 'prompt');
    return isScalar(template) && typeof template.value === 'string' ? this.template(template) : null;
  }

  private chat(items: readonly unknown[]): Message[] {
    const tests = this.at(this.root, 'testData');
    const tags = new TagFilling(this.source, this.valuesOf(this.chosenTest(isSeq(tests) ? tests.items : [])));
    return items.map((item) => {
      const node = this.resolved(item);
      const role = isMap(node) ? this.at(node, 'role') : null;
      if (!isMap(node) || !isScalar(role) || typeof role.value !== 'string' || role.value === '')
        throw malformed(this.source, this.offsetOf(node), 'chatRole');
      return { role: role.value, ...tags.fill(this.textOf(this.at(node, 'content'))) };
    });
  }

  /** The texts of a scalar, or of a list of parts; parts that are not text are left out. */
  private textOf(node: Node | null): MappedText {
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

  private dotnet(prompts: YAMLMap): Message[] | null {
    const defaults = this.document.getIn(['config', 'input', 'default'], true);
    const tags = new TagFilling(this.source, this.valuesOf(this.resolved(defaults)));
    const messages: Message[] = [];
    const add = (role: string, node: Node | null): void => {
      if (isScalar(node) && node.value !== null) messages.push({ role, ...tags.fill(this.scalar(node)) });
    };
    const shots = this.at(this.root, 'fewShots');
    add('system', this.at(prompts, 'system'));
    for (const item of isSeq(shots) ? shots.items : []) {
      const shot = this.resolved(item);
      if (!isMap(shot)) continue;
      add('user', this.at(shot, 'user'));
      add('assistant', this.at(shot, 'response'));
    }
    add('user', this.at(prompts, 'user'));
    return messages.length > 0 ? messages : null;
  }

  private promptfoo(items: readonly unknown[]): Message[] | null {
    const prompts = items.flatMap((item) => {
      const node = this.resolved(item);
      const text = isMap(node) ? (this.at(node, 'raw') ?? this.at(node, 'content')) : node;
      return isScalar(text) && typeof text.value === 'string' ? [text] : [];
    });
    if (prompts.length === 0) return null;
    const { index, notes } = choosePrompt(
      this.source,
      prompts.map((each) => this.offsetOf(each)),
    );
    const prompt = prompts[index];
    const path = /^(?:file:\/\/\S+|\S+\.(?:txt|md|json|jsonl|ya?ml|j2|py|js|ts|cjs|mjs)(?::\S+)?)$/.exec(
      String(prompt.value).trim(),
    );
    if (path) throw notRead(this.source, this.offsetOf(prompt), 'promptElsewhere', path[0]);
    this.notes.say(...notes);
    const tests = this.at(this.root, 'tests');
    const usual = this.resolved(this.document.getIn(['defaultTest', 'vars'], true));
    const test = this.chosenTest(isSeq(tests) ? tests.items : []);
    const values = new Map([...this.valuesOf(usual), ...this.valuesOf(test ? this.at(test, 'vars') : null)]);
    return [{ role: 'user', ...new TagFilling(this.source, values).fill(this.scalar(prompt)) }];
  }

  /** A text with variables that the file describes: Semantic Kernel writes `{{$name}}`, LangChain `{name}`, others `{{name}}`. */
  private template(node: Scalar): Message[] {
    const format = String(this.root.get('template_format') ?? '');
    const values = new Map<string, string>();
    const inputs = this.at(this.root, 'input_variables');
    for (const item of isSeq(inputs) ? inputs.items : []) {
      const input = this.resolved(item);
      const usual = isMap(input) ? this.at(input, 'default') : null;
      if (isMap(input) && isScalar(usual) && usual.value !== null)
        values.set(String(input.get('name')), String(usual.value));
    }
    const isLangChain = this.root.has('_type') && !/jinja2|mustache/.test(format);
    const isKernel = !this.root.has('_type') && !/handlebars|liquid|jinja|mustache/.test(format);
    const pattern = isLangChain ? braceTag : isKernel ? kernelTag : undefined;
    return messageTags(new TagFilling(this.source, values, pattern).fill(this.scalar(node)));
  }

  private chosenTest(items: readonly unknown[]): YAMLMap | null {
    if (items.length === 0) return null;
    const { index, notes } = chooseTest(this.source, items.length);
    this.notes.say(...notes);
    const test = this.resolved(items[index]);
    return isMap(test) ? test : null;
  }

  private valuesOf(node: Node | null): Map<string, string> {
    if (!isMap(node)) return new Map();
    return new Map(
      node.items.flatMap(({ key, value }) => {
        const own = this.resolved(value);
        if (isScalar(own)) return own.value === null ? [] : [[nameOf(key), String(own.value)] as const];
        return own ? [[nameOf(key), JSON.stringify(own.toJSON())] as const] : [];
      }),
    );
  }

  private scalar(node: Scalar): MappedText {
    return scalarText(this.source.text, node, this.source.start);
  }

  private at(map: YAMLMap, key: string): Node | null {
    return this.resolved(map.get(key, true));
  }

  private resolved(node: unknown): Node | null {
    if (isAlias(node)) return node.resolve(this.document) ?? null;
    return isScalar(node) || isMap(node) || isSeq(node) ? node : null;
  }

  private offsetOf(node: Node | null): number {
    return this.source.start + (node?.range?.[0] ?? 0);
  }
}

const nameOf = (key: unknown): string => String(isScalar(key) ? key.value : key);

function joined(texts: readonly MappedText[]): MappedText {
  let content = '';
  const pieces: MappedText['pieces'] = [];
  for (const text of texts) {
    for (const piece of text.pieces) pieces.push({ ...piece, at: piece.at + content.length });
    content += text.content;
  }
  return { content, pieces };
}
