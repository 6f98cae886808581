/**
 * Keys and values of a prefix, for every block [batch, G, capacity, C]; the first `length` positions hold values. A shorter past is
 * a view of the same memory. One more token is written into the spare room in place, as long as this past is the newest of its
 * memory.
 */
import type { PastState } from '../analysis/shared/model';

export interface PastShape {
  layers: number;
  /** Key/value heads and channels a head. */
  groups: number;
  channels: number;
}

interface Memory {
  capacity: number;
  /** Positions written: only a past of exactly this length may be extended in place. */
  used: number;
  keys: Float32Array[];
  values: Float32Array[];
}

/**
 * Room for the tokens of a generation, so that the memory is not copied at every step. It is limited because each step also reads
 * the empty room.
 */
const spareTokens = 48;
const stepTokens = 8;

export class KeyValuePast implements PastState {
  private constructor(
    private readonly shape: PastShape,
    readonly batch: number,
    readonly length: number,
    private readonly memory: Memory,
  ) {}

  static empty(shape: PastShape): KeyValuePast {
    return new KeyValuePast(shape, 1, 0, allocate(shape, 1, 0));
  }

  get layers(): number {
    return this.shape.layers;
  }

  get capacity(): number {
    return this.memory.capacity;
  }

  truncate(length: number): KeyValuePast {
    if (length <= 0 || length > this.length) throw new RangeError(`a past of ${this.length} has no first ${length}`);
    return new KeyValuePast(this.shape, this.batch, length, this.memory);
  }

  /** [batch, G, capacity, C] where `spare`, else [batch, G, length, C] without gaps, packed in `packing` where that is needed. */
  feed(
    kind: 'keys' | 'values',
    layer: number,
    spare: boolean,
    packing = new Packing(),
  ): { data: Float32Array; dims: readonly number[] } {
    const { groups, channels } = this.shape;
    const all = this.memory[kind][layer];
    if (spare || this.length === this.capacity)
      return { data: all, dims: [this.batch, groups, this.capacity, channels] };
    const packed = packing
      .room(`${kind} ${layer}`, all.length)
      .subarray(0, this.batch * groups * this.length * channels);
    copyRows(all, this.capacity, packed, this.length, this.batch * groups, this.length, channels);
    return { data: packed, dims: [this.batch, groups, this.length, channels] };
  }

  /** This past followed by fresh keys and values [batch, G, tokens, C] of every block; a past of batch 1 serves any batch. */
  extended(
    batch: number,
    tokens: number,
    fresh: (kind: 'keys' | 'values', layer: number) => Float32Array,
  ): KeyValuePast {
    const fits = batch === this.batch && this.length === this.memory.used && this.length + tokens <= this.capacity;
    const memory = fits ? this.memory : this.copied(batch, tokens);
    const { groups, channels, layers } = this.shape;
    for (const kind of ['keys', 'values'] as const) {
      for (let layer = 0; layer < layers; layer++) {
        const from = fresh(kind, layer);
        const to = memory[kind][layer];
        for (let row = 0; row < batch * groups; row++) {
          const part = from.subarray(row * tokens * channels, (row + 1) * tokens * channels);
          to.set(part, (row * memory.capacity + this.length) * channels);
        }
      }
    }
    memory.used = this.length + tokens;
    return new KeyValuePast(this.shape, batch, this.length + tokens, memory);
  }

  private copied(batch: number, tokens: number): Memory {
    const { groups, channels, layers } = this.shape;
    const needed = this.length + tokens;
    const capacity = tokens <= stepTokens ? needed + spareTokens : needed;
    const memory = allocate(this.shape, batch, capacity);
    for (const kind of ['keys', 'values'] as const) {
      for (let layer = 0; layer < layers; layer++) {
        for (let b = 0; b < batch; b++) {
          const own = this.batch === 1 ? 0 : b;
          const from = this.memory[kind][layer].subarray(own * groups * this.capacity * channels);
          const to = memory[kind][layer].subarray(b * groups * capacity * channels);
          copyRows(from, this.capacity, to, capacity, groups, this.length, channels);
          // Masked positions must still hold numbers.
          for (let row = 0; row < groups; row++)
            to.fill(0, (row * capacity + this.length) * channels, (row + 1) * capacity * channels);
        }
      }
    }
    return memory;
  }
}

/** Memory in which one pass after another packs its past; allocating it anew would cost tens of megabytes a pass. */
export class Packing {
  private readonly rooms = new Map<string, Float32Array>();

  /** An array of at least `length`; its previous content may be overwritten. */
  room(name: string, length: number): Float32Array {
    const known = this.rooms.get(name);
    if (known && known.length >= length) return known;
    const room = new Float32Array(length);
    this.rooms.set(name, room);
    return room;
  }
}

/** The memory is not zeroed: the caller writes all of it. It is one piece, which the system gets back whole. */
function allocate({ layers, groups, channels }: PastShape, batch: number, capacity: number): Memory {
  const floats = batch * groups * capacity * channels;
  const { buffer } = Buffer.allocUnsafeSlow(2 * layers * floats * Float32Array.BYTES_PER_ELEMENT);
  const block = (place: number) => new Float32Array(buffer, place * floats * Float32Array.BYTES_PER_ELEMENT, floats);
  const blocks = (first: number) => Array.from({ length: layers }, (_, layer) => block(first + layer));
  return { capacity, used: 0, keys: blocks(0), values: blocks(layers) };
}

function copyRows(
  from: Float32Array,
  fromStride: number,
  to: Float32Array,
  toStride: number,
  rows: number,
  positions: number,
  channels: number,
): void {
  for (let row = 0; row < rows; row++) {
    const start = row * fromStride * channels;
    to.set(from.subarray(start, start + positions * channels), row * toStride * channels);
  }
}
