/** Numbers as a graph's named inputs. Engine only. */
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

export const bytesOf = (tensors: Record<string, { data: ArrayBufferView }>): number =>
  Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
