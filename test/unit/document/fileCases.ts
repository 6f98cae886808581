/** What a prompt file must be read as, and how each case is checked: words, and the place of every piece of them. */
import { expect, it } from 'vitest';
import { type ParseOptions, parsePrompt } from '../../../src/document/parsePrompt';
import { wordsOf } from '../../../src/protocol/clauses';
import type { PromptInput } from '../../../src/protocol/model';
import { expectSoundPieces, sourcesOf, stretches } from './arbitraries';

export interface FileCase extends Omit<ParseOptions, 'file' | 'variables'> {
  file: string;
  text: string;
  /** Role and content of each message, or the raw text. */
  right: [role: string, content: string][] | string;
  /** Pieces of text that stand otherwise in the file: how they read, and how they are written there. */
  written?: [read: string, written: string][];
  /** Number of UTF-16 units that a convention adds and that stand nowhere in the file. */
  unplaced?: number;
  /** Texts that must not be in the prompt. */
  absent?: string[];
  notes?: string[];
  values?: Record<string, string>;
  variables?: PromptInput['variables'];
}

export const notesOf = ({ notes = [] }: PromptInput): string[] => notes.map((note) => wordsOf(note));

/** Every character that is read must have a place in the file, unless a piece says that it has none. */
export function checkCases(cases: readonly FileCase[]): void {
  it.each(cases.map((each, index) => [`${each.file} (${index})`, each] as const))('%s', (_, given) => {
    const { file, text, right, written = [], unplaced = 0, absent = [], notes, variables, values, ...options } = given;
    const input = parsePrompt(text, { file, variables: values, ...options });
    const read = input.kind === 'raw' ? input.text : input.messages.map(({ role, content }) => [role, content]);
    expect(read).toEqual(right);
    expectSoundPieces(text, input);
    const pieces = stretches(input).flatMap((each) => sourcesOf(text, each));
    const lengths = stretches(input).map(({ content }) => content.length);
    const placed = stretches(input).flatMap((each) => each.pieces.map(({ length }) => length));
    expect(sum(placed)).toBe(sum(lengths) - unplaced);
    expect(pieces.filter(([read, own]) => read !== own)).toEqual(written);
    for (const word of absent) expect(JSON.stringify(read)).not.toContain(word);
    if (notes) expect(notesOf(input)).toEqual(notes);
    if (variables) expect(input.variables).toEqual(variables);
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
