/**
 * A prompt as it leaves the thread that read it. Its places are four numbers each in one buffer: receiving a hundred thousand small objects
 * would keep the extension host busy for longer than reading them.
 */
import type { PromptInput, SourcePiece } from '../../protocol/model';

export interface Packed {
  /** Without its pieces. */
  input: PromptInput;
  /** The pieces of the text, or of each message: place, length, start and end in the file. */
  places: Int32Array<ArrayBuffer>[];
}

export function packed(input: PromptInput): Packed {
  const places = piecesOf(input).map((pieces) => {
    const numbers = new Int32Array(4 * pieces.length);
    pieces.forEach(({ at, length, source: [start, end] }, index) => {
      numbers.set([at, length, start, end], 4 * index);
    });
    return numbers;
  });
  return { input: withPieces(input, () => []), places };
}

/** Pieces that are made without a pause. */
const inOneGo = 10_000;

export async function unpacked({ input, places }: Packed): Promise<PromptInput> {
  const pieces: SourcePiece[][] = [];
  let made = 0;
  for (const numbers of places) {
    const own: SourcePiece[] = [];
    for (let at = 0; at < numbers.length; at += 4) {
      own.push({ at: numbers[at], length: numbers[at + 1], source: [numbers[at + 2], numbers[at + 3]] });
      if (++made % inOneGo === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    pieces.push(own);
  }
  return withPieces(input, (index) => pieces[index]);
}

function piecesOf(input: PromptInput): SourcePiece[][] {
  return input.kind === 'raw' ? [input.pieces] : input.messages.map(({ pieces }) => pieces);
}

function withPieces(input: PromptInput, pieces: (index: number) => SourcePiece[]): PromptInput {
  if (input.kind === 'raw') return { ...input, pieces: pieces(0) };
  const messages = input.messages.map((message, index) => ({ ...message, pieces: pieces(index) }));
  return { ...input, messages };
}
