/** Text for the tokens and the parts of a prompt, in tables for people and in sheets. */
import type { Unit } from '../analysis/shared/contract';
import type { Prompt, Token } from '../protocol/model';
import { type Begun, isPiece, readable } from '../protocol/pieces';
import type { Cell } from './csv';
import { type Paint, probabilityText, visible } from './terminalText';

/** A token as every table shows it: special tokens stand out, and tokens written by the template are dimmed. */
export function painted(token: Token, rendered: string, paint: Paint): string {
  const text = tokenText(token, rendered);
  if (token.special) return paint('cyan', text);
  return token.source === null ? paint('dim', text) : text;
}

/** The token's text without colour; a token that holds only some of a character's bytes shows the character with those bytes. */
export function tokenText({ text, bytes, start, end }: Token, rendered: string): string {
  return isPiece({ text, bytes }) ? `${visible(rendered.slice(start, end))}‹${bytes}›` : visible(text);
}

/** `  likeliest: 你 .08`: the characters that a piece of one most likely begins, with the probability that they follow; empty for whole tokens. */
export function likelyText({ likely = [] }: Begun, paint: Paint): string {
  const told = likely.map(({ text, logprob }) => `${visible(text)} ${probabilityText(Math.exp(logprob), paint)}`);
  return told.length > 0 ? paint('dim', `  likeliest: ${told.join(', ')}`) : '';
}

export function unitText({ rendered, tokens }: Prompt, { text, tokens: [i, j] }: Unit): string {
  const token = tokens[i];
  return token && j - i === 1 && text === readable(token) ? tokenText(token, rendered) : visible(text);
}

/** Positions counted from 1, both ends included. */
export function positions({ tokens: [i, j] }: Unit): string {
  return j - i === 1 ? String(j) : `${i + 1}–${j}`;
}

export const unitColumns = ['text', 'start', 'end', 'firstPositionFrom1', 'lastPositionFrom1'];

export const unitCells = ({ text, start, end, tokens: [i, j] }: Unit): Cell[] => [text, start, end, i + 1, j];
