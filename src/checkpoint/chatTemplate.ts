/**
 * Renders messages with the checkpoint's own chat template as transformers does (apply_chat_template with
 * add_generation_prompt), and finds where each message's content went. Templates come from strangers: a time limit holds them.
 */
import { runInNewContext } from 'node:vm';
import { Template } from '@huggingface/jinja';
import { ProblemError } from '../protocol/problem';

const timeLimitMs = 2000;

export interface ChatMessage {
  role: string;
  content: string;
}

/** content[from, from + length) stands at rendered[at, at + length). */
export interface ContentPlace {
  message: number;
  at: number;
  from: number;
  length: number;
}

export interface RenderedChat {
  rendered: string;
  /** Ascending, not overlapping. A template may leave a message out, or trim it. */
  places: ContentPlace[];
}

export class ChatTemplate {
  private parsed: Template | null = null;

  /** `specialTokens`: bos_token, eos_token, … as the template may name them. */
  constructor(
    private readonly source: string,
    private readonly specialTokens: Readonly<Record<string, string>>,
  ) {}

  /** Throws templateFailed. */
  render(messages: readonly ChatMessage[]): RenderedChat {
    const rendered = this.run(messages);
    return { rendered, places: this.alignPlaceholders(messages, rendered) ?? searchInOrder(messages, rendered) };
  }

  private run(messages: readonly ChatMessage[]): string {
    try {
      this.parsed ??= new Template(this.source);
      const template = this.parsed;
      const plain = messages.map(({ role, content }) => ({ role, content }));
      const values = {
        ...this.specialTokens,
        messages: plain,
        add_generation_prompt: true,
        tools: null,
        documents: null,
      };
      // The limit of a vm context holds for everything called within it, so for the template's loops too.
      return runInNewContext('render()', { render: () => template.render(values) }, { timeout: timeLimitMs }) as string;
    } catch (error) {
      const slow = (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
      const reason = slow ? `it took longer than ${timeLimitMs / 1000} s` : String((error as Error).message ?? error);
      throw new ProblemError('templateFailed', [reason.split('\n')[0].replace(/[.!]$/, '')], String(error));
    }
  }

  /**
   * Renders once more with a placeholder for each content and lays the result beside the real one. Null where they do not agree
   * (the template looks into the contents): nothing is claimed that was not verified.
   */
  private alignPlaceholders(messages: readonly ChatMessage[], rendered: string): ContentPlace[] | null {
    const mark = unusedMark(rendered + this.source);
    const withMarks = messages.map(({ role }, index) => ({ role, content: `${mark}${index}${mark}` }));
    let marked: string;
    try {
      marked = this.run(withMarks);
    } catch {
      return null;
    }
    // Even parts are the template's own text, odd ones the numbers of messages.
    const parts = marked.split(mark);
    const places: ContentPlace[] = [];
    let at = parts[0].length;
    if (!rendered.startsWith(parts[0])) return null;
    for (let i = 1; i < parts.length; i += 2) {
      const message = Number(parts[i]);
      const after = parts[i + 1];
      const last = i + 2 === parts.length;
      const place = trimmings(messages[message].content, message, at).find(({ content, length }) => {
        const end = at + length;
        const follows = rendered.startsWith(after, end) && (!last || end + after.length === rendered.length);
        return follows && rendered.startsWith(content, at);
      });
      if (!place) return null;
      places.push({ message, at, from: place.from, length: place.length });
      at += place.length + after.length;
    }
    return parts.length === 1 && marked !== rendered ? null : places;
  }
}

/** The content as it is, or trimmed on either or both sides. */
function trimmings(content: string, message: number, at: number): (ContentPlace & { content: string })[] {
  const leading = content.length - content.trimStart().length;
  const kinds: [text: string, from: number][] = [
    [content, 0],
    [content.trim(), leading],
    [content.trimEnd(), 0],
    [content.trimStart(), leading],
  ];
  return kinds.map(([text, from]) => ({ message, at, from, length: text.length, content: text }));
}

/** Each content, as it is or trimmed, at its first occurrence behind the one before; one that is not there has no place. */
function searchInOrder(messages: readonly ChatMessage[], rendered: string): ContentPlace[] {
  const places: ContentPlace[] = [];
  let behind = 0;
  for (const [message, { content }] of messages.entries()) {
    const found = trimmings(content, message, 0)
      .map((kind) => ({ ...kind, at: rendered.indexOf(kind.content, behind) }))
      .find((kind) => kind.length > 0 && kind.at >= 0);
    if (!found) continue;
    places.push({ message, at: found.at, from: found.from, length: found.length });
    behind = found.at + found.length;
  }
  return places;
}

/** A private-use character that the text does not hold. */
function unusedMark(text: string): string {
  for (let code = 0xe000; code < 0xf8ff; code++) {
    const mark = String.fromCharCode(code);
    if (!text.includes(mark)) return mark;
  }
  return '\u{f8ff}';
}
