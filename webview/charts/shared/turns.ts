/** A template's loop writes the same place of the file once for every turn. */
import type { Prompt } from '../../../src/protocol/model';

/**
 * The tokens of every turn that come from the place of this one; this one alone where no loop repeats the place. The tokens of one value,
 * which follow one another, share the place of its tag and are no turns.
 */
export function turnsOf({ tokens }: Prompt, position: number): number[] {
  const place = tokens[position]?.source;
  if (!place) return [position];
  const sharing = tokens.flatMap(({ source }, index) =>
    source && source[0] < place[1] && place[0] < source[1] ? [index] : [],
  );
  const runs = sharing.filter((index, at) => at === 0 || index > sharing[at - 1] + 1).length;
  return runs > 1 ? sharing : [position];
}
