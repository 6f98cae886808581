/** What a reader tells beside the text: what it left out and what it did not read. */
import { type Clause, type ClauseKey, clause, inRow } from '../protocol/clauses';
import type { PromptInput } from '../protocol/model';

const parts = {
  picture: ['onePicture', 'pictures'],
  sound: ['oneSound', 'sounds'],
  video: ['oneVideo', 'videos'],
  document: ['oneDocument', 'documents'],
  toolCall: ['oneToolCall', 'toolCalls'],
  toolResult: ['oneToolResult', 'toolResults'],
  thought: ['oneThought', 'thoughts'],
  other: ['oneOtherPart', 'otherParts'],
} as const satisfies Record<string, readonly [one: ClauseKey, many: ClauseKey]>;

/** Something in a conversation that is not text. */
export type PartKind = keyof typeof parts;

export class Notes {
  private readonly leftOut = new Map<PartKind, number>();
  private readonly unread: string[] = [];
  private readonly said: Clause[] = [];

  say(...notes: Clause[]): void {
    this.said.push(...notes);
  }

  /** Before what was said so far. */
  sayFirst(...notes: Clause[]): void {
    this.said.unshift(...notes);
  }

  leaveOut(kind: PartKind): void {
    this.leftOut.set(kind, (this.leftOut.get(kind) ?? 0) + 1);
  }

  /** A field of the file that could change what a model is given, and is not read. */
  notRead(field: string): void {
    if (!this.unread.includes(field)) this.unread.push(field);
  }

  /** As a part of a prompt; empty where there is nothing to tell. */
  result(): { notes?: Clause[] } {
    const notes = [...this.said];
    const counted = [...this.leftOut].map(([kind, count]) =>
      count === 1 ? clause(parts[kind][0]) : clause(parts[kind][1], count),
    );
    if (counted.length > 0) notes.push(clause('noteLeftOut', inRow(counted)));
    if (this.unread.length > 0) notes.push(clause('noteUnread', this.unread.map((field) => `"${field}"`).join(', ')));
    return notes.length > 0 ? { notes } : {};
  }
}

/** The prompt with further notes behind its own. */
export function withNotes(input: PromptInput, notes: readonly Clause[]): PromptInput {
  return notes.length === 0 ? input : { ...input, notes: [...(input.notes ?? []), ...notes] };
}
