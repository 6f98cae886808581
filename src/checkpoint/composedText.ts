/**
 * A text in Unicode's composed form (NFC), with the origin of each part. Some tokenizers compose the text first, but offsets must
 * refer to the text as it was typed.
 */

export interface ComposedText {
  text: string;
  /** UTF-16 offset in the typed text at which the part that holds offset `at` begins. */
  startOf(at: number): number;
  /** UTF-16 offset in the typed text at which the part that holds offset `at` ends. */
  endOf(at: number): number;
}

/** A base character with its marks, or a run of Hangul jamo: nothing composes across these. */
const clusters = /[\u1100-\u11ff\uac00-\ud7a3\u{11300}-\u{16fff}]+\p{M}*|[^\p{M}]\p{M}*|\p{M}+/gu;

/** Null when the text is composed already. */
export function composeText(typed: string): ComposedText | null {
  const composed = typed.normalize('NFC');
  if (composed === typed) return null;
  const parts: { from: number; to: number; start: number; end: number }[] = [];
  let text = '';
  for (const match of typed.matchAll(clusters)) {
    const part = match[0].normalize('NFC');
    parts.push({
      from: text.length,
      to: text.length + part.length,
      start: match.index,
      end: match.index + match[0].length,
    });
    text += part;
  }
  const partAt = (at: number): (typeof parts)[number] => {
    let low = 0;
    let high = parts.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (parts[middle].to <= at) low = middle + 1;
      else high = middle;
    }
    return parts[low];
  };
  // A part that composition left unchanged maps character by character.
  const inPart = (at: number, whole: 'start' | 'end'): number => {
    const part = partAt(at);
    if (part.end - part.start !== part.to - part.from) return part[whole];
    return part.start + (at - part.from) + (whole === 'end' ? 1 : 0);
  };
  return { text, startOf: (at) => inPart(at, 'start'), endOf: (at) => inPart(at, 'end') };
}
