/**
 * Reads a saved run. The file is checked before anything of it is used: its size, its version, its shape, and the digest over all of it,
 * which shows that it was cut off or changed. Pure.
 */
import * as v from 'valibot';
import { type Analysis, analysisNames } from '../../analysis/contracts';
import { canonical, sha256 } from '../../client/fingerprint';
import { binaryKinds, binaryMark, largestRun, runFormat, type SavedRun } from '../../client/savedRun';
import { ProblemError } from '../../protocol/problem';

const count = () => v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const index = () => v.nullable(count());
const words = (most: number) => v.pipe(v.string(), v.maxLength(most));

const token = v.object({
  id: count(),
  text: words(4096),
  bytes: words(8192),
  start: count(),
  end: count(),
  source: v.nullable(v.tuple([count(), count()])),
  special: v.boolean(),
  role: v.nullable(words(200)),
});
const prompt = v.pipe(
  v.object({
    file: v.nullable(words(4096)),
    rendered: v.string(),
    tokens: v.pipe(v.array(token), v.maxLength(200_000)),
    slots: v.optional(v.array(v.tuple([count(), count()]))),
  }),
  v.check(({ rendered, tokens }) => tokens.every(({ start, end }) => start <= end && end <= rendered.length)),
);
const model = v.object({
  ...{ name: words(4096), path: words(4096), sha256: words(64), family: words(200), quantisation: words(200) },
  ...{ layers: count(), heads: count(), keyValueHeads: count(), width: count(), vocabulary: count(), context: count() },
});
const provenance = v.object({
  ...{ version: words(200), date: words(200), settings: words(100_000) },
  fingerprint: v.nullable(words(64)),
});
const byAnalysis = <S extends v.GenericSchema>(schema: S) =>
  v.object(
    Object.fromEntries(analysisNames.map((name) => [name, v.optional(schema)])) as Record<
      Analysis,
      v.OptionalSchema<S, undefined>
    >,
  );

const schema = v.object({
  saved: v.pipe(v.string(), v.isoTimestamp()),
  text: v.object({ name: words(4096), content: v.nullable(v.string()) }),
  model: v.nullable(model),
  runtime: v.nullable(v.looseObject({ provider: words(40), precision: words(40), onnxruntime: words(200) })),
  intent: v.looseObject({ version: v.literal(1) }),
  selection: v.object({ locked: index(), layer: index(), head: index() }),
  results: byAnalysis(v.looseObject({ prompt })),
  baseline: v.unknown(),
  continuations: v.unknown(),
  provenance: byAnalysis(provenance),
  answers: v.pipe(
    v.array(v.object({ method: words(80), params: v.unknown(), result: v.unknown() })),
    v.maxLength(10_000),
  ),
});

/** `name` is told in the sentence. Throws `runTooLarge`, `runNewer` or `runMalformed`. */
export function readRun(text: string, name: string): SavedRun {
  if (text.length > largestRun) throw new ProblemError('runTooLarge', [name]);
  const { promptLensRun: format, digest, ...body } = parsed(text, name);
  if (typeof format === 'number' && format > runFormat) throw new ProblemError('runNewer', [name]);
  if (format !== runFormat || digest !== sha256(canonical(body))) throw new ProblemError('runMalformed', [name]);
  const { success, output } = v.safeParse(schema, unpacked(body));
  if (!success) throw new ProblemError('runMalformed', [name]);
  return output as SavedRun;
}

/** Nested deeper, a file is not one of ours; the walks below go down one call a level. */
const deepest = 60;

function parsed(text: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text, (key, each) => (key === '__proto__' ? undefined : each));
    if (value !== null && typeof value === 'object' && !Array.isArray(value) && !isDeeper(value, deepest))
      return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new ProblemError('runMalformed', [name]);
}

function isDeeper(value: unknown, left: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  return left === 0 || Object.values(value).some((each) => isDeeper(each, left - 1));
}

function unpacked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpacked);
  if (value === null || typeof value !== 'object') return value;
  const { [binaryMark]: kind, base64 } = value as Record<string, unknown>;
  if (typeof kind === 'string' && typeof base64 === 'string') return binary(kind, base64);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unpacked(each)]));
}

/** Null for a kind that is not known, or for a length that does not fit it. */
function binary(kind: string, base64: string): unknown {
  const { buffer } = Uint8Array.from(Buffer.from(base64, 'base64'));
  if (kind === 'ArrayBuffer') return buffer;
  const View = Object.hasOwn(binaryKinds, kind) ? binaryKinds[kind as keyof typeof binaryKinds] : null;
  return View && buffer.byteLength % View.BYTES_PER_ELEMENT === 0 ? new View(buffer) : null;
}
