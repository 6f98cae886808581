/**
 * Byte-level BPE writes every byte as a printable character (GPT-2's bytes_to_unicode): printable Latin-1 stands for itself, and
 * the other 68 bytes are U+0100 and up.
 */

const bytesOfCharacters = new Map<number, number>();
const charactersOfBytes: string[] = [];

for (let byte = 0, next = 256; byte < 256; byte++) {
  const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
  const code = printable ? byte : next++;
  bytesOfCharacters.set(code, byte);
  charactersOfBytes.push(String.fromCharCode(code));
}

/** The bytes of a vocabulary entry; null when it is not written in the byte alphabet. */
export function bytesOfEntry(entry: string): Uint8Array | null {
  const bytes = new Uint8Array(entry.length);
  for (let i = 0; i < entry.length; i++) {
    const byte = bytesOfCharacters.get(entry.charCodeAt(i));
    if (byte === undefined) return null;
    bytes[i] = byte;
  }
  return bytes;
}

export function characterOfByte(byte: number): string {
  return charactersOfBytes[byte];
}
