/**
 * Prompts in YAML, told apart by what they hold: GitHub Models (`messages`, `testData`), promptfoo (a list of `prompts`, `tests`), Semantic
 * Kernel and LangChain (`template`), .NET DotPrompt (`prompts` with `system` and `user`).
 */
import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Message, PromptInput } from '../../protocol/model';
import { parseYaml } from '../frontMatter';
import { notRead, promptEmpty, type Source } from '../source';
import { TagFilling } from '../tagFilling';
import { fewShotMessages, templateText } from './fewShot';
import { YamlFile } from './file';
import { promptfooMessages } from './promptfoo';
import { templateMessages } from './template';

/** @throws promptMalformed, promptNotRead, emptyPrompt */
export function yamlPrompt(source: Source): PromptInput {
  if (source.text.slice(source.start).trim() === '') throw promptEmpty(source.file);
  const document = parseYaml(source, source.start, source.text.length);
  const root = document.contents;
  if (!isMap(root)) throw notRead(source, source.start, 'yamlShape');
  const file = new YamlFile(source, document, root);
  const messages = readMessages(file);
  if (!messages) throw notRead(source, source.start, 'yamlShape');
  if (messages.length === 0) throw promptEmpty(source.file);
  return { kind: 'chat', file: source.file, messages, ...file.notes.result() };
}

function readMessages(file: YamlFile): Message[] | null {
  const { root, source } = file;
  const messages = file.at(root, 'messages');
  if (isSeq(messages)) return chat(file, messages.items);
  const prompts = file.at(root, 'prompts');
  if (isMap(prompts))
    return (
      dotnet(file, prompts) ??
      promptfooMessages(
        file,
        prompts.items.map(({ key }) => key),
      )
    );
  if (isSeq(prompts) || isScalar(prompts)) return promptfooMessages(file, isSeq(prompts) ? prompts.items : [prompts]);
  if (root.has('task') && root.has('doc_to_text'))
    throw notRead(source, source.start, 'foreignFormat', 'lm-evaluation-harness');
  if (isMap(root) && root.get('_type') === 'few_shot') return fewShotMessages(file);
  const written = file.at(root, 'template') ?? file.at(root, 'prompt');
  if (isScalar(written) && typeof written.value === 'string') return templateMessages(file, file.scalar(written));
  const beside = templateText(file, 'template');
  return beside && templateMessages(file, beside);
}

/** GitHub Models replaces `{{name}}` and knows no other tags. */
function chat(file: YamlFile, items: readonly unknown[]): Message[] {
  const tests = file.at(file.root, 'testData');
  const tags = new TagFilling(file.source, file.valuesOf(file.chosenTest(isSeq(tests) ? tests.items : [])));
  return file.turns(items).map(({ role, text }) => ({ role, ...tags.fill(text) }));
}

function dotnet(file: YamlFile, prompts: YAMLMap): Message[] | null {
  const defaults = file.document.getIn(['config', 'input', 'default'], true);
  const tags = new TagFilling(file.source, file.valuesOf(file.resolved(defaults)));
  const messages: Message[] = [];
  const add = (role: string, node: Node | null): void => {
    if (isScalar(node) && node.value !== null) messages.push({ role, ...tags.fill(file.scalar(node)) });
  };
  const shots = file.at(file.root, 'fewShots');
  add('system', file.at(prompts, 'system'));
  for (const item of isSeq(shots) ? shots.items : []) {
    const shot = file.resolved(item);
    if (!isMap(shot)) continue;
    add('user', file.at(shot, 'user'));
    add('assistant', file.at(shot, 'response'));
  }
  add('user', file.at(prompts, 'user'));
  return messages.length > 0 ? messages : null;
}
