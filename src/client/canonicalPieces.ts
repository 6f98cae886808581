/** Canonical JSON (RFC 8785) of a large value, in pieces: as `canonical` writes it, without holding or making the whole at once. */

/** An array or an object that is being written; `keys` is null for an array. */
interface Open {
  value: Record<string, unknown> | readonly unknown[];
  keys: string[] | null;
  at: number;
}

/** In characters; a single text may be longer. */
const pieceLength = 1 << 16;

/** Whole groups of three bytes, so that each piece of base64 ends where the next begins. */
const bytesInPiece = 3 << 14;

/** @param stored gives what stands in place of each value, by the key that it has in its object; a Buffer is written as its base64 */
export function* canonicalPieces(whole: unknown, stored: (value: unknown, key: string) => unknown): Generator<string> {
  const open: Open[] = [];
  let text = '';
  let next = stored(whole, '');
  for (;;) {
    if (Buffer.isBuffer(next)) {
      yield `${text}"`;
      for (let at = 0; at < next.length; at += bytesInPiece)
        yield next.toString('base64', at, Math.min(next.length, at + bytesInPiece));
      text = '"';
    } else if (next === null || typeof next !== 'object') text += JSON.stringify(next ?? null) ?? 'null';
    else {
      const begun = opened(next);
      text += begun.keys ? '{' : '[';
      open.push(begun);
    }
    while (open.length > 0 && isDone(open[open.length - 1])) text += open.pop()?.keys ? '}' : ']';
    const frame = open.at(-1);
    if (!frame) break;
    const { value, keys, at } = frame;
    const key = keys ? keys[at] : at;
    text += (at > 0 ? ',' : '') + (keys ? `${JSON.stringify(key)}:` : '');
    frame.at++;
    next = stored((value as Record<string | number, unknown>)[key], keys ? String(key) : '');
    if (text.length < pieceLength) continue;
    yield text;
    text = '';
  }
  yield text;
}

const isDone = ({ value, keys, at }: Open) => at === (keys ?? (value as readonly unknown[])).length;

function opened(value: object): Open {
  if (Array.isArray(value)) return { value, keys: null, at: 0 };
  const own = value as Record<string, unknown>;
  const keys = Object.keys(own).filter((key) => own[key] !== undefined);
  return { value: own, keys: keys.sort(), at: 0 };
}
