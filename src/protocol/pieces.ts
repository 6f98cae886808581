/**
 * Tokens that hold only some of a character's bytes, as people read them: `‹e4bd▯›` is a token of two bytes that begins a character of
 * three; `‹a0›` is one that goes on with a character. Whole characters beside the piece stay as they are. Pure.
 */

/** A token's text, which has U+FFFD in the place of a piece, and then its bytes in hex. */
export interface NamedToken {
  text: string;
  bytes?: string;
}

/** The likeliest whole characters that a token begins, computed by letting the model go on; best first. */
export interface Begun extends NamedToken {
  likely?: readonly { text: string; logprob: number }[];
}

const missingByte = '▯';
const replacement = '\ufffd';
const encoder = new TextEncoder();

export function isPiece({ text, bytes }: NamedToken): boolean {
  return bytes !== undefined && text.includes(replacement) && !isWhole(bytesOf(bytes));
}

/** The text with every piece written as its bytes; the text itself where there is no piece, or where the bytes are not known. */
export function readable(token: NamedToken): string {
  return isPiece(token) ? written(bytesOf(token.bytes ?? '')) : token.text;
}

/** `‹e4bd▯› 你?`: with the likeliest character that it begins, where that is known. */
export function readableWithLikely(token: Begun): string {
  const [likeliest] = token.likely ?? [];
  return likeliest && isPiece(token) ? `${readable(token)} ${likeliest.text.trim()}?` : readable(token);
}

/** Tokens that follow one another, as one text: pieces of one character become it. */
export function joined(tokens: readonly NamedToken[]): string {
  if (!tokens.some(isPiece)) return tokens.map(({ text }) => text).join('');
  return written(
    tokens.flatMap((token) => (isPiece(token) ? bytesOf(token.bytes ?? '') : [...encoder.encode(token.text)])),
  );
}

/** The likeliest character instead of a piece of it, where it is known: for a question in words. */
export function likeliestText(token: Begun): string {
  return (isPiece(token) && token.likely?.[0]?.text) || readable(token);
}

/** The token as text that can be typed: a piece of a character is its likeliest character, or null where that is not known. */
export function typable(token: Begun): string | null {
  return isPiece(token) || token.text.includes(replacement) ? (token.likely?.[0]?.text ?? null) : token.text;
}

/** How many bytes the last character still lacks; 0 where it is whole, or where no character can begin so. */
export function missingBytes(bytes: readonly number[]): number {
  const start = lastStart(bytes);
  const needed = start < 0 ? 0 : lengthOf(bytes[start]);
  const missing = needed - (bytes.length - start);
  return start < 0 || needed === 0 || missing <= 0 ? 0 : missing;
}

export function bytesOf(hex: string): number[] {
  return (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

export const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;

/** Whether the bytes are UTF-8. */
export function isWhole(bytes: readonly number[]): boolean {
  return decoded(bytes) !== null;
}

/** The text of bytes that are UTF-8, else null. */
export function decoded(bytes: readonly number[]): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}

function written(bytes: readonly number[]): string {
  let text = '';
  let piece: number[] = [];
  const close = () => {
    if (piece.length > 0) text += `‹${hexOf(piece)}${missingByte.repeat(missingBytes(piece))}›`;
    piece = [];
  };
  for (let at = 0; at < bytes.length; ) {
    const whole = bytes.slice(at, at + Math.max(1, lengthOf(bytes[at])));
    const character = decoded(whole);
    if (character === null) piece.push(bytes[at++]);
    else {
      close();
      text += character;
      at += whole.length;
    }
  }
  close();
  return text;
}

/** The place of the byte that begins the last character; −1 where there is none among the last four. */
function lastStart(bytes: readonly number[]): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 4); at--) if (!isContinuation(bytes[at])) return at;
  return -1;
}

/** The number of bytes of the character that this one begins; 0 where it begins none. */
function lengthOf(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte >= 0xc2 && byte <= 0xdf) return 2;
  if (byte >= 0xe0 && byte <= 0xef) return 3;
  return byte >= 0xf0 && byte <= 0xf4 ? 4 : 0;
}

const hexOf = (bytes: readonly number[]) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
