/**
 * SentencePiece's compiled table of replacements, as `nmt_nfkc` and others are stored: four bytes with the size of a double array (Darts,
 * Yata 2007) whose leaves are offsets into the texts behind it, each ended by a zero byte. Source: sentencepiece, src/normalizer.cc.
 */

export interface Replacement {
  /** Bytes of the text that are replaced. */
  length: number;
  text: string;
}

const emptyMap = new Uint8Array(4);

export class CharsMap {
  private readonly units: Uint32Array;
  private readonly texts: Uint8Array;
  private readonly known = new Map<number, string>();
  private readonly decoder = new TextDecoder();

  /** Null for bytes that are no such table; an empty one replaces nothing. */
  static of(bytes: Uint8Array): CharsMap | null {
    const blob = bytes.length === 0 ? emptyMap : bytes;
    if (blob.length < 4) return null;
    const size = new DataView(blob.buffer, blob.byteOffset).getUint32(0, true);
    return size % 4 === 0 && size <= blob.length - 4 ? new CharsMap(blob, size) : null;
  }

  private constructor(blob: Uint8Array, size: number) {
    this.units = new Uint32Array(Uint8Array.from(blob.subarray(4, 4 + size)).buffer);
    this.texts = blob.subarray(4 + size);
  }

  /** What stands for the longest beginning of bytes[from, …) that is in the table. */
  longest(bytes: Uint8Array, from: number): Replacement | null {
    let found: Replacement | null = null;
    for (const each of this.prefixes(bytes, from)) found = each;
    return found;
  }

  /** What stands for the shortest one, which is what the tokenizers library takes. */
  shortest(bytes: Uint8Array): Replacement | null {
    for (const each of this.prefixes(bytes, 0)) return each;
    return null;
  }

  private *prefixes(bytes: Uint8Array, from: number): Iterable<Replacement> {
    const { units } = this;
    if (units.length === 0) return;
    let node = offsetOf(units[0]);
    for (let at = from; at < bytes.length; at++) {
      node ^= bytes[at];
      const unit = units[node];
      if (unit === undefined || (unit & 0x800000ff) >>> 0 !== bytes[at]) return;
      node ^= offsetOf(unit);
      const leaf = units[node];
      if ((unit >>> 8) & 1 && leaf !== undefined) yield { length: at - from + 1, text: this.textAt(leaf & 0x7fffffff) };
    }
  }

  private textAt(offset: number): string {
    const known = this.known.get(offset);
    if (known !== undefined) return known;
    const end = this.texts.indexOf(0, offset);
    const text = this.decoder.decode(this.texts.subarray(offset, end < 0 ? undefined : end));
    this.known.set(offset, text);
    return text;
  }
}

const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);
