/**
 * Google dotprompt, `.prompt` (https://google.github.io/dotprompt/reference): front matter, then a Handlebars template. As in its reference
 * implementation, text before a role is the user's, `model` is the assistant, and the template is trimmed when there is front matter, but
 * messages are not. Variables default to `input.default`; a partial is the file `_name.prompt` beside the prompt. Pictures are left out.
 */
import type { Message, PromptInput, Range } from '../protocol/model';
import { ContentBuilder } from './contentBuilder';
import { findFrontMatter, isMapping, readFrontMatter } from './frontMatter';
import { Notes, type PartKind } from './notes';
import { promptEmpty, type Source } from './source';
import type { Mark } from './templates/handlebarsRun';
import { type MappedText, mappedRange } from './templates/mappedText';
import { renderTemplate } from './templates/renderTemplate';
import type { OwnValue } from './templates/templateVariables';

/** Chat messages. @throws promptMalformed, emptyPrompt */
export function dotpromptPrompt(source: Source): PromptInput {
  const { text, file } = source;
  const frontMatter = findFrontMatter(source, 'comments');
  const header = readFrontMatter(source, frontMatter);
  const range: Range = [frontMatter.bodyStart, text.length];
  const values = isMapping(header.input) && isMapping(header.input.default) ? header.input.default : {};
  const rendering = renderTemplate(source, {
    language: 'handlebars',
    template: mappedRange(text, frontMatter.range === null ? range : trimmed(text, range)),
    own: new Map(Object.entries(values).map(([name, value]): [string, OwnValue] => [name, { value, from: 'file' }])),
    partial: (name) => partialBeside(source, name),
  });
  const notes = new Notes();
  for (const { name, value } of rendering.marks) if (name === 'media') notes.leaveOut(mediaKind(value));
  const { messages, turnBegun } = dotpromptMessages(rendering.text, rendering.marks);
  if (messages.length === 0) throw promptEmpty(file);
  const variables = rendering.variables.length > 0 ? { variables: rendering.variables } : {};
  return { kind: 'chat', file, messages, ...(turnBegun ? { turnBegun } : {}), ...variables, ...notes.result() };
}

/** Media without a type are pictures in nearly every file. */
function mediaKind(type: string): PartKind {
  if (type.startsWith('video/')) return 'video';
  if (type.startsWith('audio/')) return 'sound';
  return type === '' || type.startsWith('image/') ? 'picture' : 'document';
}

/** The library knows a partial by its path from the folder of its prompts. */
function partialBeside({ readBeside }: Source, name: string): string | null {
  const slash = name.lastIndexOf('/') + 1;
  return readBeside?.(`${name.slice(0, slash)}_${name.slice(slash)}.prompt`) ?? null;
}

/**
 * As the library divides a rendered text: a blank stretch between two marks is dropped, and a role without text before it takes the place
 * of the role before. `history` inserts the earlier turns of a conversation, which a file does not have; the text after it is the model's.
 */
function dotpromptMessages(text: MappedText, marks: readonly Mark[]): { messages: Message[]; turnBegun: boolean } {
  const turns = new Turns();
  let from = 0;
  for (const { at, name, value } of marks) {
    turns.add(text, from, at);
    from = at;
    if (name === 'role' && value !== '') turns.begin(value);
    else if (name === 'history') turns.begin('model');
  }
  turns.add(text, from, text.content.length);
  return turns.finish();
}

/** The messages so far and the one being written. */
class Turns {
  private readonly messages: Message[] = [];
  private role = 'user';
  private content = new ContentBuilder();

  add(text: MappedText, start: number, end: number): void {
    if (text.content.slice(start, end).trim() !== '') this.content.copyMapped(text, start, end);
  }

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
    if (result.content !== '') this.messages.push({ role: this.role, ...result });
    return result.content !== '';
  }
}

function trimmed(text: string, [start, end]: Range): Range {
  const body = text.slice(start, end);
  const from = start + body.length - body.trimStart().length;
  return [from, Math.max(from, start + body.trimEnd().length)];
}
