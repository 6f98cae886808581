/**
 * Runs regular expressions that a user or a file wrote. They are matched in a thread of their own while this one waits, and given
 * up after a second, whatever keeps them: matching can be interrupted, but compiling an expression cannot. Engine only.
 */
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { composeText } from '../checkpoint/composedText';
import type { Range } from '../protocol/model';
import { patternOf } from '../protocol/pattern';
import { ProblemError } from '../protocol/problem';

/** Counted from when the thread has begun. */
const limitMs = 1000;
/** Limit for the thread to begin, on a busy machine. */
const startMs = 5000;
/** States that the thread reports. */
const [nothing, begun, done] = [0, 1, 2];

interface Matching {
  source: string;
  flags: string;
  text: string;
}

/** The thread gets strings and returns ranges; it can reach nothing of this program. */
const program = `
const { state, port, matchings } = require('node:worker_threads').workerData;
const say = (value) => { Atomics.store(state, 0, value); Atomics.notify(state, 0); };
say(${begun});
const rangesOf = ({ source, flags, text }) =>
  Array.from(text.matchAll(new RegExp(source, flags)), ({ 0: match, index }) => [index, index + match.length])
    .filter(([start, end]) => end > start);
port.postMessage(matchings.map(rangesOf));
say(${done});`;

/**
 * UTF-16 ranges of all matches in `text`, ascending and not overlapping; empty ones are left out. `expression` is a pattern, or
 * `/pattern/flags`; `^` and `$` match at line ends. A letter and its mark are found whether they are one character or two, in the
 * text and in the expression (`é`, `e` + U+0301). Throws `patternInvalid` or `patternSlow`.
 */
export function matchRanges(expression: string, text: string): Range[] {
  return matchRangesIn(expression, [text])[0];
}

/** The same in several texts, all within one second. */
export function matchRangesIn(expression: string, texts: readonly string[]): Range[][] {
  const { source, flags } = patternOf(expression);
  const composedSource = source.normalize('NFC');
  const places = texts.map((text) => ({ text, composed: composeText(text) }));
  const matchings = places.flatMap(({ text, composed }): Matching[] => [
    { source, flags, text },
    ...(composed || composedSource !== source ? [{ source: composedSource, flags, text: composed?.text ?? text }] : []),
  ]);
  const found = inTime(matchings);
  if (!found) throw new ProblemError('patternSlow', [expression]);
  const rest = [...found];
  return places.map(({ composed }) => {
    const asWritten = rest.shift() ?? [];
    const asComposed = composed || composedSource !== source ? (rest.shift() ?? []) : [];
    const typed = ([start, end]: Range): Range =>
      composed ? [composed.startOf(start), composed.endOf(end - 1)] : [start, end];
    return apart([...asWritten, ...asComposed.map(typed)]);
  });
}

/** From overlapping ranges, keeps the one that begins first, and among those the longest. */
function apart(ranges: Range[]): Range[] {
  const kept: Range[] = [];
  for (const range of ranges.sort((a, b) => a[0] - b[0] || b[1] - a[1]))
    if (range[0] >= (kept.at(-1)?.[1] ?? 0)) kept.push(range);
  return kept;
}

/** The ranges of each matching; null when the time runs out. */
function inTime(matchings: readonly Matching[]): Range[][] | null {
  const state = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(program, {
    eval: true,
    workerData: { state, port: port2, matchings },
    transferList: [port2],
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  worker.on('error', () => {});
  worker.unref();
  try {
    Atomics.wait(state, 0, nothing, startMs);
    Atomics.wait(state, 0, begun, limitMs);
    if (Atomics.load(state, 0) !== done) return null;
    return (receiveMessageOnPort(port1)?.message as Range[][] | undefined) ?? null;
  } finally {
    port1.close();
    void worker.terminate();
  }
}
