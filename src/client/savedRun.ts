/**
 * A saved run: what a panel showed, with every number, in one JSON file that opens again without the model. It names files and no folders.
 * The text is written by the panel and by the command line, with a
 * digest over all of it, and read by the panel (host/savedRun/readRun.ts).
 */
import { type Analysis, analysisNames } from '../analysis/contracts';
import type { PanelState, Provenance } from '../analysis/panel';
import type { ModelInfo, Prompt } from '../protocol/model';
import { canonical, sha256 } from './fingerprint';

/** The version of the format; a higher one is refused. */
export const runFormat = 1;
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

/** The file's text. */
export function writtenRun(run: SavedRun): string {
  const body = JSON.parse(JSON.stringify(packed(run))) as object;
  return `${JSON.stringify({ promptLensRun: runFormat, digest: sha256(canonical(body)), ...body })}\n`;
}

/** Binary values as text: the name of their kind, and base64. */
export const binaryKinds = { Float32Array, Uint8Array, Int32Array } as const;
export const binaryMark = '$binary';

function packed(value: unknown): unknown {
  if (value instanceof ArrayBuffer)
    return { [binaryMark]: 'ArrayBuffer', base64: Buffer.from(value).toString('base64') };
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { [binaryMark]: value.constructor.name, base64: bytes.toString('base64') };
  }
  if (Array.isArray(value)) return value.map(packed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, packed(each)]));
}

/** The results of a panel that can be saved: those that are there whole. */
export function savedResults(state: PanelState): SavedRun['results'] {
  return Object.fromEntries(
    analysisNames.flatMap((name) => {
      const view = state[name];
      return view.kind === 'ready' ? [[name, view.data]] : [];
    }),
  );
}
