/**
 * The logit lens (nostalgebraist 2020): what the model would say if it stopped after block l,
 *
 *   p_l = softmax(unembed(finalNorm(hidden[l, position])))        l = 0 (the embedding) … L (the model's own answer)
 *
 * at one position or many and at every layer: how sure it would be, how far the block moved it, and how a few tokens fare on the way. Early
 * layers do not write in the final layer's terms, so the lens interprets them and does not show a belief. Hidden states come from one run
 * over the requested tokens; the unembedding processes them in slabs, so that no more than 32 MB of logits exist at once.
 */

import { clause } from '../../protocol/clauses';
import { ProblemError } from '../../protocol/problem';
import { named } from '../shared/candidate';
import type { Candidate } from '../shared/contract';
import type { Model, PastState } from '../shared/model';
import { chunkTokens, type KnownPast, prefill } from '../shared/prefix';
import type { LensCell, LensTable } from './contract';

export interface LensTableOptions {
  /** 0 … T − 1, in any order. */
  positions: readonly number[];
  /** Candidates of each cell. */
  top: number;
  /** Ids followed through the layers; where there are none, each position's own answer is followed. */
  follow: readonly number[];
  /** Also computes the distance from the layer before, which takes a second per thousand cells. */
  change?: boolean;
  known?: KnownPast | null;
  signal?: AbortSignal;
  /** Called with the number of positions read and the number to read. */
  onProgress?: (done: number, total: number) => void;
  /** Floats of logits [rows, V] that exist at once. */
  logitFloats?: number;
}

/** 32 MB; the statistics take a few times as much. */
const logitBudget = 8 * 1024 * 1024;

/** Cells in the order of `positions`. Rejects with `outOfRange` and, between passes, `cancelled`. */
export async function lensTable(
  model: Model,
  ids: readonly number[],
  { positions, follow, known, signal, onProgress, logitFloats = logitBudget, ...asked }: LensTableOptions,
): Promise<LensTable> {
  const { layers, vocabulary } = model.info;
  positions.forEach((position) => {
    // The sentence of the error counts positions from 1.
    if (!isIndex(position, ids.length)) throw new ProblemError('outOfRange', [clause('position'), 1, ids.length]);
  });
  follow.forEach((id) => {
    if (!isIndex(id, vocabulary)) throw new ProblemError('outOfRange', [clause('tokenId'), 0, vocabulary - 1]);
  });
  const reader = new LayerReader(model, {
    follow,
    top: Math.min(asked.top, vocabulary),
    change: asked.change ?? false,
    rows: Math.max(1, Math.floor(logitFloats / vocabulary) - 1),
    token: ids[0],
  });
  const wanted = [...new Set(positions)].sort((a, b) => a - b);
  const columns = new Map<number, LensCell[]>();
  const answers = follow.length === 0;
  await eachChunk(model, ids, wanted, { answers, known, signal }, async (some, residual, said) => {
    const cells = await reader.read(residual, answers ? said : some.map(() => follow[0]), signal, (rows) =>
      onProgress?.(columns.size + rows / (layers + 1), wanted.length),
    );
    some.forEach((position, place) => {
      columns.set(position, cells.slice(place * (layers + 1), (place + 1) * (layers + 1)));
    });
  });
  return {
    positions: [...positions],
    follow: follow.map((id) => named(model, id)),
    cells: positions.map((position) => columns.get(position) ?? []),
  };
}

const isIndex = (value: number, count: number): boolean => Number.isInteger(value) && value >= 0 && value < count;

/**
 * Passes the residual stream of the `wanted` positions (ascending) to `visit`, a few at a time: [positions, L + 1, D], and where the
 * `answers` are asked for, the likeliest id after each.
 */
async function eachChunk(
  model: Model,
  ids: readonly number[],
  wanted: readonly number[],
  { answers, known, signal }: Pick<LensTableOptions, 'known' | 'signal'> & { answers: boolean },
  visit: (positions: readonly number[], residual: Float32Array, answers: readonly number[]) => Promise<void>,
): Promise<void> {
  const { layers, width } = model.info;
  const every = Array.from({ length: layers + 1 }, (_, layer) => layer);
  let reached = known ?? null;
  for (let place = 0; place < wanted.length; ) {
    const from = wanted[place];
    const some = wanted.slice(place).filter((position) => position < from + chunkTokens);
    place += some.length;
    const end = some[some.length - 1] + 1;
    const before: PastState | null = await prefill(model, reached, ids, from, { signal });
    const want = { hidden: every, past: place < wanted.length };
    const asked = answers ? { rows: some.map((position) => position - from), top: 1 } : { rows: [0] };
    const { hidden, past, topIds } = await model.run(
      { ids: [ids.slice(from, end)], past: before, ...asked, want },
      signal,
    );
    reached = past ? { ids: ids.slice(0, end), past } : reached;
    const residual = new Float32Array(some.length * every.length * width);
    for (const [layer, data] of hidden) {
      some.forEach((position, row) => {
        const at = (position - from) * width;
        residual.set(data.subarray(at, at + width), (row * every.length + layer) * width);
      });
    }
    await visit(some, residual, [...topIds]);
  }
}

interface ReaderOptions {
  follow: readonly number[];
  top: number;
  change: boolean;
  /** Rows of one pass. */
  rows: number;
  /** Each pass must run at least one token of its own. */
  token: number;
}

/** Reads residual rows, position by position, and at each position from layer 0 to L. */
class LayerReader {
  private readonly names = new Map<number, Pick<Candidate, 'id' | 'text' | 'bytes'>>();
  /** Probabilities [V] of the row read last, and of the one being read. */
  private previous: Float32Array;
  private current: Float32Array;

  constructor(
    private readonly model: Model,
    private readonly options: ReaderOptions,
  ) {
    const size = options.change ? model.info.vocabulary : 0;
    this.previous = new Float32Array(size);
    this.current = new Float32Array(size);
  }

  /** `followed`: for each position, the id that is followed first. */
  async read(
    residual: Float32Array,
    followed: readonly number[],
    signal: AbortSignal | undefined,
    onRows: (done: number) => void,
  ): Promise<LensCell[]> {
    const { width, layers } = this.model.info;
    const ofRows = followed.flatMap((id) => new Array<number>(layers + 1).fill(id));
    const cells: LensCell[] = [];
    while (cells.length < ofRows.length) {
      const first = cells.length;
      const end = Math.min(ofRows.length, first + this.options.rows);
      const slab = residual.subarray(first * width, end * width);
      cells.push(...(await this.slab(slab, ofRows.slice(first, end), first, signal)));
      onRows(end);
    }
    return cells;
  }

  /** `followed`: one id per row; `first`: the number of rows of this residual that were read before, which determines the layers. */
  private async slab(
    extra: Float32Array,
    followed: readonly number[],
    first: number,
    signal: AbortSignal | undefined,
  ): Promise<LensCell[]> {
    const { follow, top, change, token } = this.options;
    const { layers, vocabulary } = this.model.info;
    const logits = change || follow.length > 1;
    const targets = [followed[0], ...followed];
    const read = await this.model.run({ ids: [[token]], rows: [0], extra, targets, top, want: { logits } }, signal);
    return followed.map((id, index) => {
      // Row 0 is the state of the token that the pass runs.
      const row = index + 1;
      const own = read.logits?.subarray(row * vocabulary, (row + 1) * vocabulary);
      const standings = [{ logprob: read.logprob[row], rank: read.rank[row] }];
      const total = own ? own[id] - read.logprob[row] : 0;
      if (own && follow.length > 1) standings.push(...follow.slice(1).map((one) => standing(own, total, one)));
      const moved = own && change ? this.moved(own, total) : null;
      return {
        top: this.candidates(read.topIds, read.topLogprob, row),
        entropy: read.entropy[row],
        change: (first + index) % (layers + 1) === 0 ? null : moved,
        follow: standings,
      };
    });
  }

  private candidates(ids: Int32Array, logprobs: Float32Array, row: number): Candidate[] {
    const { top } = this.options;
    return Array.from(ids.subarray(row * top, (row + 1) * top), (id, place) => {
      const name = this.names.get(id) ?? named(this.model, id);
      this.names.set(id, name);
      return { ...name, logprob: logprobs[row * top + place] };
    });
  }

  /** ½ Σ |p − p of the row before|; `total`: log Σ exp logits. */
  private moved(logits: Float32Array, total: number): number {
    const { previous, current } = this;
    let sum = 0;
    for (let id = 0; id < logits.length; id++) {
      current[id] = Math.exp(logits[id] - total);
      sum += Math.abs(current[id] - previous[id]);
    }
    this.previous = current;
    this.current = previous;
    return sum / 2;
  }
}

function standing(logits: Float32Array, total: number, id: number): { logprob: number; rank: number } {
  const own = logits[id];
  let rank = 0;
  for (let other = 0; other < logits.length; other++) if (logits[other] > own) rank++;
  return { logprob: own - total, rank };
}
