/**
 * Semantic Kernel's `skprompt.txt`: a text with `{{$name}}`, and roles in tags. `config.json` beside it describes the variables: the defaults of
 * its `input_variables`, or in older ones those of `input.parameters`.
 */
import { clause } from '../protocol/clauses';
import type { PromptInput } from '../protocol/model';
import { messageTags } from './messageTags';
import { Notes } from './notes';
import { promptEmpty, type Source } from './source';
import { TagFilling } from './tagFilling';
import { mappedRange } from './templates/mappedText';
import { jsonValues } from './templates/templateVariables';

const configName = 'config.json';

/** @throws emptyPrompt */
export function skPrompt(source: Source): PromptInput {
  const { text, start, file } = source;
  if (text.length === start) throw promptEmpty(file);
  const notes = new Notes();
  const tags = new TagFilling(source, defaults(source, notes), /\{\{\s*\$(\w+)\s*\}\}/g, 'beside');
  const messages = messageTags(tags.fill(mappedRange(text, [start, text.length])), notes);
  return { kind: 'chat', file, messages, ...notes.result() };
}

/** A prompt without the file has no defaults. */
function defaults({ readBeside }: Source, notes: Notes): Map<string, string> {
  const values = new Map<string, string>();
  const text = readBeside?.(configName) ?? null;
  if (text === null) return values;
  const config = jsonValues(text, false);
  if (!(config instanceof Map)) notes.say(clause('noteBesideMalformed', configName));
  for (const input of [...listAt(config, 'input_variables'), ...listAt(member(config, 'input'), 'parameters')]) {
    const name = member(input, 'name');
    const value = member(input, 'default') ?? member(input, 'default_value') ?? member(input, 'defaultValue');
    // An empty default is what the library writes for none.
    if (typeof name === 'string' && ['string', 'number', 'boolean'].includes(typeof value) && value !== '')
      values.set(name, String(value));
  }
  return values;
}

function member(value: unknown, key: string): unknown {
  return value instanceof Map ? value.get(key) : undefined;
}

function listAt(value: unknown, key: string): unknown[] {
  const list = member(value, key);
  return Array.isArray(list) ? list : [];
}
