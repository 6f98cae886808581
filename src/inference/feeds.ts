/** Numbers as a graph's named inputs. Engine only. */
import type { DecoderSpec } from '../checkpoint/types';
import type { Feed } from './session';

/** Added to the score of a key that must not be read: e^−1e9 is exactly 0. */
export const forbidden = -1e9;

export const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

export const floats = (data: Float32Array, dims: readonly number[]): Feed => ({ type: 'float32', data, dims });

export function integers(values: readonly number[], dims: readonly number[] = [values.length]): Feed {
  return { type: 'int64', data: BigInt64Array.from(values, BigInt), dims };
}

/** [1, 1, T, room + T]: a query reads the first `length` positions of the past, the new tokens before it, and itself. */
export function causalMask(length: number, room: number, tokens: number): Feed {
  const width = room + tokens;
  const data = new Float32Array(tokens * width);
  for (let query = 0; query < tokens; query++) {
    data.fill(forbidden, query * width + length, query * width + room);
    data.fill(forbidden, query * width + room + query + 1, (query + 1) * width);
  }
  return floats(data, [1, 1, tokens, width]);
}

/** The distinct windows of a decoder's blocks. */
export const windowsOf = ({ blocks }: Pick<DecoderSpec, 'blocks'>): number[] => [
  ...new Set(blocks.map(({ window }) => window).filter((window) => window !== null)),
];

/**
 * [B, 1, T, room + T] for each window: a query at position p reads the keys behind p − window. The past holds the positions 0, 1, …;
 * `positions` [B][T] are those of the new tokens.
 */
export function windowFeeds(
  windows: readonly number[],
  positions: readonly (readonly number[])[],
  room: number,
): Record<string, Feed> {
  const tokens = positions[0].length;
  const width = room + tokens;
  const feeds = windows.map((window) => {
    const data = new Float32Array(positions.length * tokens * width);
    positions.forEach((own, batch) => {
      own.forEach((query, row) => {
        const at = (batch * tokens + row) * width;
        for (let key = 0; key < room && key <= query - window; key++) data[at + key] = forbidden;
        for (let key = 0; key < row; key++) if (own[key] <= query - window) data[at + room + key] = forbidden;
      });
    });
    return [`window.${window}`, floats(data, [positions.length, 1, tokens, width])] as const;
  });
  return Object.fromEntries(feeds);
}

export const bytesOf = (tensors: Record<string, { data: ArrayBufferView }>): number =>
  Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
