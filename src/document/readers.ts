/** The reader of each format. Loaded with the first prompt, since the readers include YAML. */
import type { PromptInput } from '../protocol/model';
import { chatJsonPrompt } from './chatJson';
import { continueBody, continuePrompt } from './continuePrompt';
import { customMdPrompt } from './customMd';
import { dotpromptPrompt } from './dotprompt';
import type { PromptKind } from './formats';
import { geminiTomlPrompt } from './geminiToml';
import { jinjaChatPrompt } from './jinjaChat';
import { jsonLinesPrompt } from './jsonLines';
import { modelfilePrompt } from './modelfile';
import { promptMdPrompt } from './promptMd';
import { promptyPrompt } from './prompty';
import { rawPrompt } from './rawText';
import { skPrompt } from './skprompt';
import type { Source } from './source';
import { yamlPrompt } from './yaml/prompts';

/** A format of the table without a reader does not compile. */
export const readers: Record<PromptKind, (source: Source) => PromptInput> = {
  raw: rawPrompt,
  promptMd: promptMdPrompt,
  customMd: customMdPrompt,
  prompty: promptyPrompt,
  dotprompt: anyDotprompt,
  chatJson: anyJson,
  jsonLines: jsonLinesPrompt,
  promptYaml: yamlPrompt,
  yaml: yamlPrompt,
  skprompt: skPrompt,
  jinja: jinjaChatPrompt,
  modelfile: modelfilePrompt,
  toml: geminiTomlPrompt,
};

/** Two other tools give their files the same ending: .NET's DotPrompt, whose files are YAML throughout, and Continue. */
function anyDotprompt(source: Source): PromptInput {
  if (isYamlThroughout(source)) return yamlPrompt(source);
  const body = continueBody(source);
  return body === null ? dotpromptPrompt(source) : continuePrompt(source, body);
}

/** LangChain saves one prompt as YAML or as JSON, which is YAML too. Those that are composed, or name files, are read there. */
function anyJson(source: Source): PromptInput {
  const { text } = source;
  const isComposed = /"_type"\s*:\s*"few_shot"/.test(text) || /"template_path"\s*:/.test(text);
  return isComposed && /^\s*\{/.test(text.slice(source.start)) ? yamlPrompt(source) : chatJsonPrompt(source);
}

function isYamlThroughout({ text, start }: Source): boolean {
  return !/^\s*---/.test(text.slice(start, start + 100)) && /^prompts[ \t]*:[ \t]*(?:#.*)?$/m.test(text);
}
