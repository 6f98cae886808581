/** The parts of a text that an edit left unchanged, so that results of the older text can still be shown. */

/**
 * Lengths, in UTF-16 units, of the beginning and the end that both versions share. They do not overlap in either version, and neither cuts
 * a surrogate pair. For equal texts, everything is prefix.
 */
export function mapEdit(oldText: string, newText: string): { prefix: number; suffix: number } {
  const shorter = Math.min(oldText.length, newText.length);
  let prefix = 0;
  while (prefix < shorter && oldText.charCodeAt(prefix) === newText.charCodeAt(prefix)) prefix++;
  if (cutsPair(oldText, prefix) || cutsPair(newText, prefix)) prefix--;
  let suffix = 0;
  while (suffix < shorter - prefix && oldText.at(-1 - suffix) === newText.at(-1 - suffix)) suffix++;
  if (cutsPair(oldText, oldText.length - suffix) || cutsPair(newText, newText.length - suffix)) suffix--;
  return { prefix, suffix };
}

/** Whether the place lies between the two halves of one character. */
function cutsPair(text: string, at: number): boolean {
  return isHalf(text.charCodeAt(at - 1), 0xd800) && isHalf(text.charCodeAt(at), 0xdc00);
}

function isHalf(unit: number, base: number): boolean {
  return unit >= base && unit < base + 0x400;
}
