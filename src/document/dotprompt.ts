/**
 * Google dotprompt, `.prompt` (https://google.github.io/dotprompt/reference): front matter, then a Handlebars template. As in its reference
 * implementation, text before a role is the user's, `model` is the assistant, and the template is trimmed when there is front matter, but
 * messages are not. Variables default to `input.default`. Blocks (`{{#if}}`) and media are not supported.
 */
import type { Message, PromptInput, Range } from '../protocol/model';
import { ContentBuilder } from './contentBuilder';
import { findFrontMatter, isMapping, readFrontMatter } from './frontMatter';
import { promptEmpty, type Source } from './source';
import { handlebarsParts, type TemplatePart, unsupported } from './template';
import { variableJson, variablePath, variableText } from './variables';

const roleTag = /^role\s+(["'])([A-Za-z]+)\1(?:\s|$)/;
const jsonTag = /^json\s+(\S+)(?:\s+indent=\d+)?$/;

/** Chat messages. @throws promptMalformed, emptyPrompt */
export function dotpromptPrompt(source: Source): PromptInput {
  const { text, file } = source;
  const frontMatter = findFrontMatter(source, 'comments');
  const header = readFrontMatter(source, frontMatter);
  const range: Range = [frontMatter.bodyStart, text.length];
  const parts = handlebarsParts(source, frontMatter.range === null ? range : trimmed(text, range));
  const values = isMapping(header.input) && isMapping(header.input.default) ? header.input.default : {};
  const turns = new Turns();
  for (const part of parts) {
    if (part.kind === 'tag') placeTag(source, values, part, turns);
    else turns.content.copy(text, part.start, part.end);
  }
  const { messages, turnBegun } = turns.finish();
  if (messages.length === 0) throw promptEmpty(file);
  return { kind: 'chat', file, messages, ...(turnBegun ? { turnBegun } : {}) };
}

/** The messages so far and the one being written. */
class Turns {
  private readonly messages: Message[] = [];
  private role = 'user';
  content = new ContentBuilder();

  /** A blank message is replaced by the new one, as in dotprompt. */
  begin(role: string): void {
    this.keep();
    this.role = role === 'model' ? 'assistant' : role;
    this.content = new ContentBuilder();
  }

  /** `turnBegun`: the assistant's turn was begun last and is empty. */
  finish(): { messages: Message[]; turnBegun: boolean } {
    const kept = this.keep();
    return { messages: this.messages, turnBegun: !kept && this.role === 'assistant' };
  }

  private keep(): boolean {
    const result = this.content.result();
    const written = result.content.trim() !== '';
    if (written) this.messages.push({ role: this.role, ...result });
    return written;
  }
}

type Tag = TemplatePart & { kind: 'tag' };

function placeTag(source: Source, values: Record<string, unknown>, { start, end, inner }: Tag, turns: Turns): void {
  const role = roleTag.exec(inner)?.[2];
  // `history` inserts the earlier turns of a conversation, which a file does not have. The text after it is the model's.
  if (role !== undefined || inner === 'history') {
    turns.begin(role ?? 'model');
    return;
  }
  if (/^section\s/.test(inner)) return;
  const json = jsonTag.exec(inner)?.[1];
  const path = (json ?? inner).replace(/^(?:this\.|\.\/)/, '');
  if (!variablePath.test(path) && !/^@[\w.]+$/.test(path)) throw unsupported(source, start, end);
  const value = json === undefined ? variableText(source, values, path) : variableJson(source, values, path);
  if (value === null) turns.content.copy(source.text, start, end);
  else turns.content.slot(() => turns.content.substitute(value, start, end));
}

function trimmed(text: string, [start, end]: Range): Range {
  const body = text.slice(start, end);
  const from = start + body.length - body.trimStart().length;
  return [from, Math.max(from, start + body.trimEnd().length)];
}
