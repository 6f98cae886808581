/** Text for the parts of a prompt, in tables for people and in sheets. */
import type { Unit } from '../analysis/shared/contract';
import type { Prompt } from '../protocol/model';
import { tokenText } from './commands/tokens';
import type { Cell } from './csv';
import { visible } from './terminalText';

/** A token that holds only some of a character's bytes is shown with those bytes, as in `tokens`. */
export function unitText({ rendered, tokens }: Prompt, { text, tokens: [i, j] }: Unit): string {
  return j - i === 1 && text === tokens[i]?.text ? tokenText(tokens[i], rendered) : visible(text);
}

/** Positions counted from 1, both ends included. */
export function positions({ tokens: [i, j] }: Unit): string {
  return j - i === 1 ? String(j) : `${i + 1}–${j}`;
}

export const unitColumns = ['text', 'start', 'end', 'firstPositionFrom1', 'lastPositionFrom1'];

export const unitCells = ({ text, start, end, tokens: [i, j] }: Unit): Cell[] => [text, start, end, i + 1, j];
