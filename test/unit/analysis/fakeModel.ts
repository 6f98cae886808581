/**
 * A small decoder for tests. Its next-token logits are a fixed function of all ids so far; its attention is a fixed function of
 * block, head, query and key. It honours past, mask (a row reads only the ids that the mask allows), rows, targets and top, and it
 * counts the tokens that it runs.
 */
import type { Model, Pass, PassResult, PastState } from '../../../src/analysis/shared/model';
import type { ModelInfo } from '../../../src/protocol/model';
import { ProblemError } from '../../../src/protocol/problem';

interface FakePast extends PastState {
  ids: readonly (readonly number[])[];
}

const alphabet = 'abcdefghijklmnop qrstuvwxyz.';
/** Two tokens that are the halves of one character. */
export const upperHalf = alphabet.length;
export const lowerHalf = alphabet.length + 1;
export const endId = alphabet.length + 2;
const vocabulary = alphabet.length + 3;

export const info: ModelInfo = {
  name: 'fake',
  path: 'fake.gguf',
  sha256: '0'.repeat(64),
  family: 'fake',
  layers: 2,
  heads: 3,
  keyValueHeads: 1,
  width: 4,
  vocabulary,
  context: 2000,
  quantisation: 'F32',
};

export class FakeModel implements Model {
  readonly info: ModelInfo = info;
  readonly endIds: readonly number[] = [endId];
  /** Tokens of every pass so far, batch × length. */
  readonly passes: { batch: number; tokens: number; past: number }[] = [];
  /** `table` overrides the logits that follow a history. */
  constructor(private readonly table: (history: readonly number[]) => number[] | null = () => null) {}

  tokenize(text: string): number[] {
    return [...text.toLowerCase()].map((character) => alphabet.indexOf(character)).filter((id) => id >= 0);
  }

  text(id: number): string {
    return this.decode([id]);
  }

  decode(ids: readonly number[]): string {
    let text = '';
    for (let index = 0; index < ids.length; index++) {
      if (ids[index] === upperHalf && ids[index + 1] === lowerHalf) {
        text += '二';
        index++;
      } else if (ids[index] === upperHalf || ids[index] === lowerHalf) text += '\uFFFD';
      else text += ids[index] === endId ? '<end>' : alphabet[ids[index]];
    }
    return text;
  }

  truncate(past: PastState, length: number): PastState {
    if (length < 1 || length > past.length) throw new Error(`cannot truncate ${past.length} to ${length}`);
    const { ids } = past as FakePast;
    return makePast(ids.map((row) => row.slice(0, length)));
  }

  async run(pass: Pass, signal?: AbortSignal): Promise<PassResult> {
    await Promise.resolve();
    if (signal?.aborted) throw new ProblemError('cancelled');
    const past = (pass.past as FakePast | null | undefined)?.ids ?? [[]];
    const whole = pass.ids.map((row, batch) => [...past[past.length === 1 ? 0 : batch], ...row]);
    const before = past[0].length;
    const length = pass.ids[0].length;
    this.passes.push({ batch: pass.ids.length, tokens: length, past: before });
    const rows = pass.rows.map((row) => {
      const batch = Math.floor(row / length);
      const history = whole[batch].slice(0, before + (row % length) + 1);
      return this.logits(history.filter((_, key) => mayRead(pass.mask, batch, row % length, key)));
    });
    const top = pass.top ?? 0;
    const ordered = rows.map((row) => bestFirst(row).slice(0, top));
    return {
      logprob: Float32Array.from(pass.targets ?? [], (id, row) => logSoftmax(rows[row])[id]),
      rank: Float32Array.from(pass.targets ?? [], (id, row) => rows[row].filter((z) => z > rows[row][id]).length),
      entropy: Float32Array.from(rows, entropyOf),
      topIds: Int32Array.from(ordered.flat()),
      topLogprob: Float32Array.from(ordered.flatMap((ids, row) => ids.map((id) => logSoftmax(rows[row])[id]))),
      logits: pass.want?.logits ? Float32Array.from(rows.flat()) : null,
      hidden: new Map(),
      attention: new Map((pass.want?.attention ?? []).map((layer) => [layer, attentionOf(layer, before, length)])),
      heads: new Map(),
      past: pass.want?.past ? makePast(whole) : null,
    };
  }

  /** [V] after a history; pseudo-random but reproducible. */
  logits(history: readonly number[]): number[] {
    const given = this.table(history);
    if (given) return given.map(Math.fround);
    const seed = history.reduce((hash, id) => (Math.imul(hash, 31) + id + 7) | 0, 17);
    return Array.from({ length: vocabulary }, (_, id) =>
      Math.fround(3 * Math.sin((seed % 1000) * 0.37 + id * id * 0.91)),
    );
  }
}

function mayRead(mask: Pass['mask'], batch: number, query: number, key: number): boolean {
  if (!mask) return true;
  const [batches, , queries, keys] = mask.shape;
  return mask.data[((batches === 1 ? 0 : batch) * queries + query) * keys + key] > -1e8;
}

function makePast(ids: readonly (readonly number[])[]): FakePast {
  return { length: ids[0].length, batch: ids.length, ids };
}

function bestFirst(logits: readonly number[]): number[] {
  return logits.map((_, id) => id).sort((a, b) => logits[b] - logits[a] || a - b);
}

export function logSoftmax(logits: readonly number[]): number[] {
  const sum = Math.log(logits.reduce((total, z) => total + Math.exp(z), 0));
  return logits.map((z) => z - sum);
}

export function entropyOf(logits: readonly number[]): number {
  return -logSoftmax(logits).reduce((sum, logprob) => sum + Math.exp(logprob) * logprob, 0);
}

/** Weight of query q on key k in a head; rows sum to 1. */
export function attentionWeight(layer: number, head: number, query: number, key: number): number {
  if (key > query) return 0;
  const raw = (k: number) => 1 + ((layer * 5 + head * 3 + query * 7 + k * k * 2) % 11);
  let sum = 0;
  for (let k = 0; k <= query; k++) sum += raw(k);
  return raw(key) / sum;
}

/** [1, H, length, before + length]. */
function attentionOf(layer: number, before: number, length: number): Float32Array {
  const keys = before + length;
  return new Float32Array(info.heads * length * keys).map((_, index) => {
    const key = index % keys;
    const query = before + (Math.floor(index / keys) % length);
    return attentionWeight(layer, Math.floor(index / (keys * length)), query, key);
  });
}
