/**
 * Renders messages with the checkpoint's own chat template as transformers does (apply_chat_template with add_generation_prompt),
 * and finds each message's content in the rendering. Templates come from strangers, so they are rendered in a process of their own
 * (templateProcess.ts).
 */
import type { Clause } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';
import { renderTemplate, TemplateRefusal } from './templateProcess';

/**
 * Appended to the content of a message that is left open, to find where the content ends in the rendering. It is the same as in
 * transformers: its space shows whether the template trims.
 */
const endOfContent = 'CONTINUE_FINAL_MESSAGE_TAG ';

/** Limits on the text that a template may write itself, and on how often it may repeat the contents. */
const mostOwnCharacters = 1_000_000;
const mostRepeats = 4;
const soughtCharacters = 64;
const mostTries = 1000;

/** Beginnings of a conversation that are tried to find the message that a template refuses, and the time for them. */
const mostBeginnings = 200;
const searchMs = 1000;

/** The template refused a message, counted from 0. */
export class MessageRefused extends ProblemError<'templateRefused'> {
  constructor(
    readonly refused: number,
    role: string,
    { problem }: TemplateRefusal,
  ) {
    super('templateRefused', [problem.args[0] as Clause, refused + 1, role], problem.detail);
  }
}

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
  /** `specialTokens`: bos_token, eos_token, … under the names that the template may use. */
  constructor(
    private readonly source: string,
    private readonly specialTokens: Readonly<Record<string, string>>,
  ) {}

  /**
   * `continueLast`: the last message stays open, as with transformers' continue_final_message. Rejects with templateRefused for the
   * message that the template does not take, with templateFailed otherwise, and with continueFailed where the template changes that message.
   */
  async render(messages: readonly ChatMessage[], continueLast = false): Promise<RenderedChat> {
    const contents = messages.map(({ content }) => content);
    const mark = unusedMark(contents.join('') + this.source);
    const withMarks = messages.map(({ role }, index) => ({ role, content: `${mark}${index}${mark}` }));
    const mostCharacters = mostOwnCharacters + mostRepeats * contents.reduce((sum, { length }) => sum + length, 0);
    const values = [this.values(messages, continueLast), this.values(withMarks, continueLast)];
    const [rendered, marked] = await renderTemplate({ source: this.source, values, mostCharacters }).catch(
      async (error: unknown) => {
        throw error instanceof TemplateRefusal ? await this.atItsMessage(error, messages, mostCharacters) : error;
      },
    );
    const open = (whole: string, last: string) => (continueLast ? openEnd(whole, last) : whole);
    const text = open(rendered ?? '', contents[contents.length - 1]);
    if (text === null) throw new ProblemError('continueFailed');
    const laid = marked === null ? null : open(marked, mark);
    const aligned = laid === null ? null : alignPlaceholders(messages, text, laid, mark);
    return { rendered: text, places: aligned ?? searchInOrder(messages, text) };
  }

  /** The refusal with the first message behind which the template says the same. */
  private async atItsMessage(
    refusal: TemplateRefusal,
    messages: readonly ChatMessage[],
    mostCharacters: number,
  ): Promise<ProblemError> {
    const ends = performance.now() + searchMs;
    for (let count = 1; count <= Math.min(messages.length, mostBeginnings) && performance.now() < ends; count++) {
      const run = { source: this.source, values: [this.values(messages.slice(0, count), false)], mostCharacters };
      const said = await renderTemplate(run).then(
        () => null,
        (error: unknown) => (error instanceof ProblemError ? error.problem.detail : null),
      );
      if (said === refusal.problem.detail) return new MessageRefused(count - 1, messages[count - 1].role, refusal);
    }
    return refusal;
  }

  private values(messages: readonly ChatMessage[], continueLast: boolean): Record<string, unknown> {
    const last = messages.length - 1;
    return {
      ...this.specialTokens,
      messages: messages.map(({ role, content }, at) => ({
        role,
        content: continueLast && at === last ? content + endOfContent : content,
      })),
      add_generation_prompt: !continueLast,
      tools: null,
      documents: null,
    };
  }
}

/** The rendering up to the end of the last message's content; null where the template changed that content. */
function openEnd(rendered: string, last: string): string | null {
  const at = rendered.lastIndexOf(endOfContent.trim());
  if (at < 0 || !rendered.includes(last.trim())) return null;
  const open = rendered.slice(0, at);
  return rendered.startsWith(endOfContent, at) ? open : open.trimEnd();
}

/**
 * Compares a rendering that has a placeholder for each content with the real one. Null where they do not agree because the template
 * reads or changes the contents: only verified places are returned.
 */
function alignPlaceholders(
  messages: readonly ChatMessage[],
  rendered: string,
  marked: string,
  mark: string,
): ContentPlace[] | null {
  // Even parts are the template's own text, odd ones the numbers of messages.
  const parts = marked.split(mark);
  const places: ContentPlace[] = [];
  let at = parts[0].length;
  if (parts.length % 2 === 0 || !rendered.startsWith(parts[0])) return null;
  for (let i = 1; i < parts.length; i += 2) {
    const message = /^\d+$/.test(parts[i]) ? Number(parts[i]) : messages.length;
    if (message >= messages.length) return null;
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

/** Each content, as it is or trimmed, at its first occurrence after the previous one; a content that is not found has no place. */
function searchInOrder(messages: readonly ChatMessage[], rendered: string): ContentPlace[] {
  const places: ContentPlace[] = [];
  let behind = 0;
  for (const [message, { content }] of messages.entries()) {
    const found = trimmings(content, message, 0)
      .map((kind) => ({ ...kind, at: indexFrom(rendered, kind.content, behind) }))
      .find((kind) => kind.length > 0 && kind.at >= 0);
    if (!found) continue;
    places.push({ message, at: found.at, from: found.from, length: found.length });
    behind = found.at + found.length;
  }
  return places;
}

/**
 * An `indexOf` that searches for the first characters of the text first, so that texts of one letter cannot make it take quadratic
 * time.
 */
function indexFrom(text: string, sought: string, from: number): number {
  const head = sought.slice(0, soughtCharacters);
  let at = text.indexOf(head, from);
  for (let tries = 0; at >= 0 && tries < mostTries; tries++) {
    if (text.startsWith(sought, at)) return at;
    at = text.indexOf(head, at + 1);
  }
  return -1;
}

/** A private-use character that the text does not contain. */
function unusedMark(text: string): string {
  const used = new Set(text.match(/[\ue000-\uf8ff]/g));
  for (let code = 0xe000; code < 0xf8ff; code++) {
    const mark = String.fromCharCode(code);
    if (!used.has(mark)) return mark;
  }
  return '\u{f8ff}';
}
