/**
 * The available pictures by layer: those that came with the result and those requested since. A missing picture is requested
 * together with the one below it, and turned in the same way as that one.
 */
import type { EmbeddedLayer, EmbeddingsData } from '../../../src/analysis/embeddings/contract';
import { LatestSlice } from '../../base/slices';
import { carried } from '../../charts/embeddings/layout';

type Ask = (layers: number[], signal: AbortSignal) => Promise<EmbeddedLayer[]>;

export class EmbeddingPictures {
  private data: EmbeddingsData | null = null;
  private readonly known = new Map<number, EmbeddedLayer>();
  private readonly slice: LatestSlice<EmbeddedLayer[]>;
  private waiting: { layer: number; below: EmbeddedLayer } | null = null;

  constructor(
    private readonly load: Ask,
    private readonly changed: () => void,
  ) {
    this.slice = new LatestSlice(
      (layers) => layers.length,
      () => this.arrived(),
    );
  }

  /** All available pictures, in ascending order. */
  get all(): EmbeddedLayer[] {
    return [...this.known.values()].sort((a, b) => a.layer - b.layer);
  }

  show(data: EmbeddingsData): void {
    if (data === this.data) return;
    this.data = data;
    this.known.clear();
    for (const layer of data.result.layers) this.known.set(layer.layer, layer);
    this.waiting = null;
    this.slice.clear();
  }

  /**
   * The picture of a layer, or the nearest available one below until it has arrived. `askable`: the result belongs to the present
   * text, so another picture of it can be requested.
   */
  at(layer: number, askable: boolean): { picture: EmbeddedLayer; exact: boolean; failed: boolean } {
    const there = this.known.get(layer);
    const below = there ?? this.all.filter((each) => each.layer < layer).at(-1) ?? this.all[0];
    if (there || !this.data) return { picture: below, exact: true, failed: false };
    this.waiting = { layer, below };
    const ask = (signal: AbortSignal) => this.load([below.layer, layer], signal);
    this.slice.ask(String(layer), askable ? ask : null);
    return { picture: below, exact: false, failed: this.slice.state.kind === 'failed' };
  }

  /** Repeats the request, which may succeed this time. */
  retry(): void {
    this.slice.retry();
  }

  private arrived(): void {
    const { state } = this.slice;
    if (state.kind === 'ready' && this.waiting) {
      const { layer, below } = this.waiting;
      const from = state.value.find((each) => each.layer === below.layer);
      const own = state.value.find((each) => each.layer === layer);
      if (from && own) this.known.set(layer, { ...own, ...carried(own, from, below) });
    }
    this.changed();
  }
}
