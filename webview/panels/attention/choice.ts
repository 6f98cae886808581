/**
 * The attention tab's choices for a state: the measure that ranks the heads, the tokens it looks at, the chosen heads, and the
 * token whose row is followed. Pure decisions, without elements.
 */
import type { Selection } from '../../../src/protocol/view';
import { type Glyph, glyphIndex } from '../../base/glyphs';
import { mostHeads } from '../../charts/attention/matrixLayout';
import type { HeadRef, Measure } from '../../charts/attention/ranking';

const summaryMeasures: readonly Measure[] = ['previousToken', 'induction', 'sinkMass', 'diagonal', 'entropy'];

/** Measures that apply to this prompt; some need answer slots or a locked token. */
export function measures(answers: readonly number[], locked: number | null): Measure[] {
  const between: Measure[] = [];
  if (answers.length > 0) between.push('answers');
  if (locked !== null) between.push('locked');
  return [...between, ...summaryMeasures];
}

/** The wanted measure if it applies, else the first that says something about this prompt. */
export function measureFor(wanted: string, answers: readonly number[], locked: number | null): Measure {
  const offered = measures(answers, locked);
  return offered.find((measure) => measure === wanted) ?? (answers.length > 0 ? 'answers' : 'previousToken');
}

/** Tokens whose weight a between measure sums; `[]` for the other measures. A locked character counts with all its tokens. */
export function targetTokens(
  measure: Measure,
  answers: readonly number[],
  locked: number | null,
  all: readonly Glyph[],
): number[] {
  if (measure === 'answers') return [...answers];
  const glyph = measure === 'locked' && locked !== null ? all[glyphIndex(all, locked)] : undefined;
  return glyph ? Array.from({ length: glyph.to - glyph.from }, (_, index) => glyph.from + index) : [];
}

export interface ChosenHeads {
  /** The main head first; empty while the ranking that would choose one is loading. */
  heads: HeadRef[];
  /** True if the user locked the main head; otherwise it comes from the ranking. */
  locked: boolean;
}

/** The locked head, or else the best-ranked one, and the heads that joined it; heads that the model does not have are left out. */
export function chosenHeads(
  selection: Pick<Selection, 'layer' | 'head'>,
  joined: readonly HeadRef[],
  best: HeadRef | undefined,
  model: { layers: number; heads: number },
): ChosenHeads {
  const exists = ({ layer, head }: HeadRef) => layer >= 0 && layer < model.layers && head >= 0 && head < model.heads;
  const { layer, head } = selection;
  const own = layer !== null && head !== null && exists({ layer, head }) ? { layer, head } : null;
  const main = own ?? best;
  if (!main) return { heads: [], locked: false };
  const heads: HeadRef[] = [main];
  for (const ref of joined)
    if (exists(ref) && heads.length < mostHeads && !includesHead(heads, ref))
      heads.push({ layer: ref.layer, head: ref.head });
  return { heads, locked: own !== null };
}

export function includesHead(heads: readonly HeadRef[], ref: HeadRef): boolean {
  return heads.some(({ layer, head }) => layer === ref.layer && head === ref.head);
}

/** The choice after a click: the head alone, or added to or removed from the others. Null if there is no room for one more. */
export function afterChoosing(chosen: readonly HeadRef[], ref: HeadRef, add: boolean): HeadRef[] | null {
  if (!add) return [ref];
  if (!includesHead(chosen, ref)) return chosen.length < mostHeads ? [...chosen, ref] : null;
  const rest = chosen.filter(({ layer, head }) => layer !== ref.layer || head !== ref.head);
  return rest.length > 0 ? rest : [ref];
}

/**
 * The head that a key leads to: `]` and `[` go to another block, `h` and `H` to another head of it, wrapping around at the ends;
 * null for other keys.
 */
export function headAfterKey(key: string, at: HeadRef, model: { layers: number; heads: number }): HeadRef | null {
  const step = { ']': [1, 0], '[': [-1, 0], h: [0, 1], H: [0, -1] }[key];
  if (!step) return null;
  return {
    layer: (at.layer + step[0] + model.layers) % model.layers,
    head: (at.head + step[1] + model.heads) % model.heads,
  };
}

/** `20.5`: block 20, head 5. */
export function headName({ layer, head }: HeadRef): string {
  return `${layer}.${head}`;
}
