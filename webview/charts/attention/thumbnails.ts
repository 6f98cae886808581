/**
 * Layout and pixels of the layer × head grid: 270 pictures are painted in one pass into one pixel array, without elements. Pure
 * arithmetic (colours come in as a table), so that tests can inspect the painted pixels.
 */
import { rgb } from 'd3';
import type { Ramp } from '../../base/theme';
import { strength } from './weights';

export interface GridLayout {
  /** Columns (blocks) in one band; long prompts and narrow panels wrap the blocks onto several bands. */
  perBand: number;
  bands: number;
  /** Side of a thumbnail with its gap and without it, in CSS pixels. */
  cell: number;
  side: number;
  left: number;
  top: number;
  bandHeight: number;
  width: number;
  height: number;
}

/** Above this many tokens, a cell of a small thumbnail would pool so many weights that everything looks attended. */
const longPrompt = 512;
const gap = 2;

/** Fits `layers` columns of `heads` rows into `width`, in as few bands as keep the pictures readable. */
export function gridLayout(width: number, layers: number, heads: number, tokens: number): GridLayout {
  const left = 20;
  const top = 16;
  const room = Math.max(1, width - left);
  const [least, most] = tokens > longPrompt ? [36, 48] : [14, 34];
  let bands = 1;
  while (bands < layers && room / Math.ceil(layers / bands) < least) bands++;
  const perBand = Math.ceil(layers / bands);
  const cell = Math.max(4, Math.min(most, Math.floor(room / perBand)));
  const bandHeight = top + heads * cell + (bands > 1 ? 8 : 0);
  const height = bands * bandHeight;
  return { perBand, bands, cell, side: cell - gap, left, top, bandHeight, width: left + perBand * cell, height };
}

/** Upper left corner of a thumbnail. */
export function thumbnailAt(layout: GridLayout, layer: number, row: number): { x: number; y: number } {
  const band = Math.floor(layer / layout.perBand);
  return {
    x: layout.left + (layer % layout.perBand) * layout.cell,
    y: band * layout.bandHeight + layout.top + row * layout.cell,
  };
}

/** Column and row under a point; null outside the pictures. */
export function thumbnailUnder(
  layout: GridLayout,
  layers: number,
  heads: number,
  x: number,
  y: number,
): { layer: number; row: number } | null {
  const band = Math.floor(y / layout.bandHeight);
  const column = Math.floor((x - layout.left) / layout.cell);
  const row = Math.floor((y - band * layout.bandHeight - layout.top) / layout.cell);
  const layer = band * layout.perBand + column;
  const inside = column >= 0 && column < layout.perBand && row >= 0 && row < heads && band >= 0 && layer < layers;
  return inside ? { layer, row } : null;
}

/** Small pictures need more light than the matrix, because there a strong weight is often a single pixel. */
const lift = 0.8;

/** The ramp as 256 packed colours, so that a pixel costs one look-up; weights 0 … 1. */
export function rampTable(seq: Ramp, gamma: number): Uint8Array {
  const table = new Uint8Array(256 * 3);
  for (let index = 0; index < 256; index++) {
    const { r, g, b } = rgb(seq(0.02 + 0.96 * strength(index / 255, 1, lift * gamma)));
    table.set([r, g, b], index * 3);
  }
  return table;
}

/** The cells [from, to) of `size` that each of `side` pixels shows. */
function spans(side: number, size: number): { from: number; to: number }[] {
  return Array.from({ length: side }, (_, pixel) => {
    const from = Math.floor((pixel * size) / side);
    return { from, to: Math.max(from + 1, Math.floor(((pixel + 1) * size) / side)) };
  });
}

export interface Canvas {
  /** RGBA, `width` pixels a row. */
  pixels: Uint8ClampedArray;
  width: number;
}

/**
 * Paints one head's `size` × `size` weights as `side` × `side` pixels at (left, top); a pixel over several cells takes the
 * strongest. The part above the diagonal stays transparent, because no query looks ahead.
 */
export function paintThumbnail(
  canvas: Canvas,
  left: number,
  top: number,
  side: number,
  weights: Float32Array,
  size: number,
  table: Uint8Array,
): void {
  const cells = spans(side, size);
  for (let y = 0; y < side; y++) {
    const rows = cells[y];
    for (let x = 0; x < side; x++) {
      const columns = cells[x];
      if (columns.from >= rows.to) break;
      let strongest = 0;
      for (let row = rows.from; row < rows.to; row++)
        for (let column = columns.from; column < columns.to; column++)
          if (weights[row * size + column] > strongest) strongest = weights[row * size + column];
      const colour = Math.round(Math.min(1, strongest) * 255) * 3;
      const at = ((top + y) * canvas.width + left + x) * 4;
      canvas.pixels[at] = table[colour];
      canvas.pixels[at + 1] = table[colour + 1];
      canvas.pixels[at + 2] = table[colour + 2];
      canvas.pixels[at + 3] = 255;
    }
  }
}
