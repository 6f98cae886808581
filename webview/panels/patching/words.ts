/** The sentences of the Patching tab: where the difference is carried, the name of a place, why two prompts have no map. */
import type { PatchingData, PatchMap } from '../../../src/analysis/patching/contract';
import { readableWithLikely } from '../../../src/protocol/pieces';
import { fixed, probability, visible } from '../../base/format';
import { inClauses, inProse, t } from '../../base/strings';
import { shareText } from '../../charts/patching/map';
import { bestHeads, type Carrier, carriers, type PatchFacts, patchedValue, stretchText, unequal } from './facts';

/** `·France ← ·Italy`, or the one token that both share. */
export function placeName({ names }: PatchFacts, position: number): string {
  const { first, second } = names[position];
  return second === null ? first : `${first} ← ${second}`;
}

/** Row 0 = embeddings, row l = after block l. */
export function rowName(row: number, blocks: number): string {
  if (row === 0) return t('embeddings');
  return row === blocks ? t('after the last block') : t('after block {0}', row);
}

/** The target's name: `log p(·Paris)`, or the difference of two with a contrast. */
export function targetName({ target }: Pick<PatchMap, 'target'>): string {
  const name = `log p(${visible(readableWithLikely(target))})`;
  return target.contrast ? `${name} − log p(${visible(readableWithLikely(target.contrast))})` : name;
}

/** A value of the target in nats, and as a probability if it is one. */
export function valueWords({ target }: Pick<PatchMap, 'target'>, value: number): string {
  return target.contrast ? fixed(value) : t('{0} ({1})', fixed(value), `p ${probability(Math.exp(value))}`);
}

/** Empty while numbers are missing. */
export function carrierSentence(facts: PatchFacts): string {
  const runs = carriers(facts.map.residual);
  if (!runs) return '';
  const own = facts.names.filter(({ second }) => second !== null).length;
  // If one token changed, its embedding carries all of the difference, and the last position's last row always does.
  const telling = runs.filter(({ from, to }) => to > 0 && from < facts.blocks);
  if (telling.length === 0)
    return own > 1
      ? t('No single position carries half of the difference before the last block: it is spread.')
      : t('Between the embeddings and the last block no single position carries half of the difference.');
  const parts = telling.slice(0, MOST_PARTS).map((run) => carrierWords(facts, run));
  const gaps = telling.length > 1 && telling.some((run, i) => i > 0 && run.from > telling[i - 1].to + 1);
  return inProse([
    t('More than half of the difference is carried by {0}.', parts.join(t(', then by '))),
    gaps ? t('Between these, no single position carries half.') : '',
  ]);
}

const MOST_PARTS = 4;

function carrierWords(facts: PatchFacts, { position, from, to }: Carrier): string {
  const own = t('“{0}”', facts.names[position].first);
  const name = position === facts.tokens - 1 ? t('the last position {0}', own) : own;
  if (from === 0)
    return to === facts.blocks ? t('{0} from the embeddings to the answer', name) : t('{0} up to block {1}', name, to);
  if (to === facts.blocks) return t('{0} from block {1} on', name, from);
  return from === to ? t('{0} at block {1}', name, from) : t('{0} in blocks {1}–{2}', name, from, to);
}

/** The share that single heads recover; empty while numbers are missing. */
export function headSentence({ map }: PatchFacts): string {
  if (map.heads.some((row) => row.includes(null))) return '';
  const [best] = bestHeads(map.heads, 1);
  return t(
    'The strongest single head, head {0} of block {1}, recovers {2} of the difference.',
    best.head,
    best.layer,
    shareText(best.share),
  );
}

export interface PlaceValue {
  /** The place in words. */
  name: string;
  exact: number | null;
  preview: number | null;
}

/** Rows of the hover card: name and value. */
export function placeRows(map: PatchMap, { exact, preview }: PlaceValue): [string, string][] {
  const rows: [string, string][] = [];
  rows.push([t('recovered, exact'), exact === null ? t('not known yet') : shareText(exact)]);
  if (preview !== null) rows.push([t('first-order preview'), shareText(preview)]);
  const known = exact ?? preview;
  if (known !== null) rows.push([t('target with this patch'), valueWords(map, patchedValue(map, known))]);
  rows.push([t('in this prompt'), valueWords(map, map.value)], [t('in the second'), valueWords(map, map.second)]);
  return rows;
}

/** One line, for the screen reader. */
export function placeLine(map: PatchMap, place: PlaceValue): string {
  const rows = placeRows(map, place).slice(0, 3);
  return t('{0}: {1}', place.name, inClauses(rows.map((row) => row.join(' '))));
}

/** The stretches that make the lengths differ, and by how much: one sentence each. */
export function lengthSentences({ prompt, result }: PatchingData): string[] {
  return unequal(result.stretches).map(({ first, second }) => {
    const [mine, theirs] = [first[1] - first[0], second[1] - second[0]];
    const [a, b] = [stretchText(prompt, first), stretchText(result.from, second)];
    if (theirs === 0) return t('{0} ({1}) has no counterpart: put {2} there.', a, countWords(mine), countWords(mine));
    if (mine === 0) return t('{0} ({1}) is new: leave it out.', b, countWords(theirs));
    return theirs > mine
      ? t(
          '{0} ({1}) stands for {2} ({3}): take {4} away there.',
          b,
          countWords(theirs),
          a,
          countWords(mine),
          countWords(theirs - mine),
        )
      : t(
          '{0} ({1}) stands for {2} ({3}): add {4} there.',
          b,
          countWords(theirs),
          a,
          countWords(mine),
          countWords(mine - theirs),
        );
  });
}

export function countWords(tokens: number): string {
  return tokens === 1 ? t('1 token') : t('{0} tokens', tokens);
}
