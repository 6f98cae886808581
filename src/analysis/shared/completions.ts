/**
 * The characters that a piece of a character most likely becomes. A token of bytes such as `e4 bd` is the beginning of many characters; the
 * model itself says which, so it goes on from there, and only tokens that complete the character are followed:
 *
 *   p(character | text) ≥ Σ over the ways followed of p(piece | text) · Π p(next bytes | text, piece, …)
 *
 * Ways that are less likely at every step than the ones followed are left out, so each figure is a lower bound, and in practice exact to
 * some digits. Two short passes over all pieces together.
 */
import { bytesOf, decoded, isContinuation, missingBytes } from '../../protocol/pieces';
import type { Candidate } from './contract';
import type { Model, PastState } from './model';

/** How many pieces of one list are completed, ways are followed from each of them, and characters are told. */
const [mostPieces, mostWays, mostTold] = [6, 3, 2];
/** Candidates looked at after each step: after the first byte of a character, nearly all probability is on bytes that go on with it. */
const looked = 64;
/** No character has more than four bytes. */
const mostSteps = 3;

/** The text before the candidates: its ids, and the past of some of its beginning. */
export interface Before {
  ids: readonly number[];
  past: PastState | null;
}

interface Way {
  /** Place of the candidate in the list. */
  of: number;
  ids: number[];
  bytes: number[];
  logprob: number;
}

/** The candidates; those that begin a character have `likely`. Rejects with `cancelled` between passes. */
export async function withLikely(
  model: Model,
  before: Before,
  candidates: readonly Candidate[],
  signal?: AbortSignal,
): Promise<Candidate[]> {
  const found = candidates.map(() => new Map<string, number>());
  let ways = candidates
    .flatMap(({ id, bytes, logprob }, of): Way[] =>
      bytes && missingBytes(bytesOf(bytes)) > 0 ? [{ of, ids: [id], bytes: bytesOf(bytes), logprob }] : [],
    )
    .slice(0, mostPieces);
  for (let step = 0; step < mostSteps && ways.length > 0; step++) {
    const grown = await goOn(model, before, ways, signal);
    for (const { of, bytes, logprob } of grown.filter((way) => missingBytes(way.bytes) === 0)) {
      const text = decoded(bytes);
      if (text !== null) found[of].set(text, Math.exp(logprob) + (found[of].get(text) ?? 0));
    }
    ways = likeliestOfEach(grown.filter((way) => missingBytes(way.bytes) > 0));
  }
  return candidates.map((candidate, of) => {
    const likely = [...found[of]]
      .sort(([, a], [, b]) => b - a)
      .slice(0, mostTold)
      .map(([text, p]) => ({ text, logprob: Math.log(p) }));
    return likely.length > 0 ? { ...candidate, likely } : candidate;
  });
}

/** Every way with one token more, of those tokens that go on with its character and end with it or inside it. */
async function goOn(model: Model, before: Before, ways: readonly Way[], signal?: AbortSignal): Promise<Way[]> {
  const rest = before.ids.slice(before.past?.length ?? 0);
  const ids = ways.map((way) => [...rest, ...way.ids]);
  const length = ids[0].length;
  const rows = ways.map((_, batch) => (batch + 1) * length - 1);
  const top = Math.min(looked, model.info.vocabulary);
  // Targets are asked for so that the decoder need not get ready for a generation.
  const targets = ways.map((way) => way.ids[0]);
  const { topIds, topLogprob } = await model.run({ ids, past: before.past, rows, targets, top }, signal);
  return ways.flatMap((way, batch) =>
    Array.from(topIds.subarray(batch * top, (batch + 1) * top)).flatMap((id, place): Way[] => {
      const next = [...(model.bytes?.(id) ?? [])];
      if (next.length === 0 || next.length > missingBytes(way.bytes) || !next.every(isContinuation)) return [];
      const logprob = way.logprob + topLogprob[batch * top + place];
      return [{ ...way, ids: [...way.ids, id], bytes: [...way.bytes, ...next], logprob }];
    }),
  );
}

function likeliestOfEach(ways: readonly Way[]): Way[] {
  const sorted = [...ways].sort((a, b) => b.logprob - a.logprob);
  const taken = new Map<number, number>();
  return sorted.filter(({ of }) => {
    const count = taken.get(of) ?? 0;
    taken.set(of, count + 1);
    return count < mostWays;
  });
}
