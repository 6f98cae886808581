/**
 * A saved run: what a panel showed, with every number, in one JSON file that opens again without the model. It names files and no folders.
 * The text is written by the panel and by the command line, with a digest over all of it, and read by the panel (host/savedRun/readRun.ts).
 */
import { createHash } from 'node:crypto';
import { type Analysis, analysisNames } from '../analysis/contracts';
import type { PanelState, Provenance } from '../analysis/panel';
import type { ModelInfo, Prompt } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { canonicalPieces } from './canonicalPieces';

/** The version of the format; a higher one is refused. */
export const runFormat = 1;
/** In characters; a run of 2,000 tokens with every tab has about 40 million. */
export const largestRun = 96 * 1024 * 1024;

/** An answer that the page had asked for beside the results: weights of a head, another layer. */
export interface RecordedAnswer {
  method: string;
  params: unknown;
  result: unknown;
}

/** The text that was analysed; `content` is the file's own, null where it is not known. */
export interface RecordedText {
  name: string;
  content: string | null;
}

export interface SavedRun {
  /** When it was saved, as ISO 8601. */
  saved: string;
  text: RecordedText;
  model: ModelInfo | null;
  runtime: unknown;
  /** Read field by field by the panel. */
  intent: unknown;
  selection: { locked: number | null; layer: number | null; head: number | null };
  results: Partial<Record<Analysis, { prompt: Prompt }>>;
  baseline: unknown;
  continuations: unknown;
  provenance: Partial<Record<Analysis, Provenance>>;
  answers: RecordedAnswer[];
}

/**
 * The file's bytes: the run as canonical JSON, after its version and its digest. A panel passes a `pause`, which is awaited between pieces of
 * a few milliseconds, so that tens of millions of characters do not keep the extension host from the user's keys. Throws `runTooLarge`.
 */
export async function writtenRun(run: SavedRun, pause?: () => Promise<void>): Promise<Buffer> {
  const hash = createHash('sha256');
  const pieces: Buffer[] = [];
  const rest = pausing(pause);
  let length = 0;
  for (const piece of canonicalPieces(run, stored)) {
    length += piece.length;
    if (length > largestRun) throw new ProblemError('runTooLarge', [run.text.name]);
    const bytes = Buffer.from(piece);
    hash.update(bytes);
    pieces.push(bytes);
    await rest();
  }
  const head = JSON.stringify({ promptLensRun: runFormat, digest: hash.digest('hex') });
  // The head's closing brace and the body's opening one make way for a comma.
  const parts = [Buffer.from(`${head.slice(0, -1)},`), pieces[0].subarray(1), ...pieces.slice(1), Buffer.from('\n')];
  const whole = Buffer.allocUnsafe(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    at += part.copy(whole, at);
    await rest();
  }
  return whole;
}

/** Of work without a pause. */
const sliceMs = 6;

/** Waits for the pause where the last one is long enough ago. */
function pausing(pause?: () => Promise<void>): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (!pause || performance.now() - since < sliceMs) return;
    await pause();
    since = performance.now();
  };
}

/** Binary values as text: the name of their kind, and base64. */
export const binaryKinds = { Float32Array, Uint8Array, Int32Array } as const;
export const binaryMark = '$binary';

/** A value as the file has it. Prompts name their files by path, and a saved run by name. */
function stored(value: unknown, key: string): unknown {
  if (typeof value === 'string') return key === 'file' ? baseName(value) : value;
  if (value instanceof ArrayBuffer) return { [binaryMark]: 'ArrayBuffer', base64: Buffer.from(value) };
  // Buffers are the bytes of a binary value, and written as base64.
  if (!ArrayBuffer.isView(value) || Buffer.isBuffer(value)) return value;
  const { buffer, byteOffset, byteLength } = value;
  return { [binaryMark]: value.constructor.name, base64: Buffer.from(buffer, byteOffset, byteLength) };
}

/** The last part of a path, on whichever system it was written. */
export const baseName = (path: string): string => path.split(/[/\\]/).at(-1) ?? '';

/** The results of a panel that can be saved: those that are there whole. */
export function savedResults(state: PanelState): SavedRun['results'] {
  return Object.fromEntries(
    analysisNames.flatMap((name) => {
      const view = state[name];
      return view.kind === 'ready' ? [[name, view.data]] : [];
    }),
  );
}
