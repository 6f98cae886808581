// Turns measured times into the rows of the report. The targets here are the only figures written down anywhere in the bench.
// Pure.
import { exponent } from './statistics.mjs';

/**
 * @typedef {{median: number, low: number, high: number}} Time
 * @typedef {{sense: 'atLeast' | 'atMost' | 'under', limit: number}} Target
 * @typedef {{id: string, title: string, ours: Time | null, unit: 'ms' | 's' | 'MB' | 'GFLOP/s', against: string,
 *   peer: Time | null, ratio: number | null, form: 'times' | 'percent', target: Target | null, met: boolean | null}} Row
 */

/** @type {(limit: number) => Target} */
const atLeast = (limit) => ({ sense: 'atLeast', limit });
/** @type {(limit: number) => Target} */
const atMost = (limit) => ({ sense: 'atMost', limit });
/** @type {(limit: number) => Target} */
const under = (limit) => ({ sense: 'under', limit });

/** Whether this value meets the target; null when there is no value or no target. */
export function verdict(value, target) {
  if (target === null || value === null || !Number.isFinite(value)) return null;
  if (target.sense === 'atLeast') return value >= target.limit;
  return target.sense === 'atMost' ? value <= target.limit : value < target.limit;
}

const scale = (time, factor) =>
  time && { median: time.median * factor, low: time.low * factor, high: time.high * factor };

/** Rates from times: the slow quartile becomes the low one. */
export const rate = (time, flop) =>
  time && { median: flop / time.median / 1e6, low: flop / time.high / 1e6, high: flop / time.low / 1e6 };

/**
 * How many times faster than the peer ours is: the peer's time divided by ours.
 * @param {Target | null} target
 * @returns {Row}
 */
function faster(id, title, ours, against, peer, target = null) {
  const ratio = ours && peer ? peer.median / ours.median : null;
  return { id, title, ours, unit: 'ms', against, peer, ratio, form: 'times', target, met: verdict(ratio, target) };
}

/**
 * Our time as a multiple of another time.
 * @param {Target | null} target
 * @returns {Row}
 */
function relative(id, title, ours, against, peer, target = null) {
  const ratio = ours && peer ? ours.median / peer.median : null;
  return { id, title, ours, unit: 'ms', against, peer, ratio, form: 'times', target, met: verdict(ratio, target) };
}

/** @returns {Row} */
function share(id, title, ours, against, peer, target) {
  const ratio = ours && peer ? ours.median / peer.median : null;
  return {
    id,
    title,
    ours,
    unit: 'GFLOP/s',
    against,
    peer,
    ratio,
    form: 'percent',
    target,
    met: verdict(ratio, target),
  };
}

/**
 * A figure that is compared with nothing.
 * @returns {Row}
 */
function absolute(id, title, ours, unit, target) {
  const met = verdict(ours?.median ?? null, target);
  return { id, title, ours, unit, against: '', peer: null, ratio: null, form: 'times', target, met };
}

/**
 * @param {Record<string, Record<string, Time>>} times by scenario and turn; skipped turns are missing
 * @param {Record<string, number>} flop by scenario
 * @returns {Row[]}
 */
export function comparisonRows(times, flop) {
  const of = (scenario, turn) => times[scenario]?.[turn] ?? null;
  const ours = (scenario) => of(scenario, 'ours');
  const passes = [
    ['pass64', '64 tokens'],
    ['pass512', '512 tokens'],
    ['pass16x64', '16 x 64 tokens'],
  ].flatMap(([id, size]) => [
    faster(id, `plain pass, ${size}`, ours(id), 'transformers', of(id, 'transformers'), atLeast(2.3)),
    faster(`${id}.last`, '  the peer asked for the last row only', ours(id), 'transformers', of(id, 'lastRow')),
    ...(id === 'pass16x64' ? [] : [faster(`${id}.llama`, '', ours(id), 'llama.cpp', of(id, 'llama'))]),
  ]);
  const own = rate(of('efficiency', 'pass'), flop.pass512);
  const generation = (kind, target) => {
    const title = `generation, ${kind}, 256 tokens of context, a token`;
    return relative(
      `generation.${kind}`,
      title,
      of('generation', kind),
      'llama.cpp',
      of('generation', 'llama'),
      target,
    );
  };
  const rows = [
    faster(
      'probabilities256',
      'probabilities, 256 tokens, every position',
      ours('probabilities256'),
      'transformers',
      of('probabilities256', 'transformers'),
      atLeast(1.9),
    ),
    ...passes,
    relative(
      'taps256',
      'all attention and hidden states, 256 tokens',
      ours('taps256'),
      'our plain pass',
      of('taps256', 'plain'),
      atMost(1.12),
    ),
    faster('taps256.eager', '', ours('taps256'), 'transformers, eager', of('taps256', 'transformers')),
    relative(
      'edit512',
      'edit at the end of 512 tokens',
      ours('edit512'),
      'our plain pass',
      of('edit512', 'full'),
      atMost(1 / 8),
    ),
    share(
      'efficiency',
      'matrix work, plain pass, 512 tokens',
      own,
      'one big MatMul, ONNX Runtime',
      rate(of('efficiency', 'onnxruntime'), flop.matmul),
      atLeast(0.75),
    ),
    share(
      'efficiency.torch',
      '',
      own,
      'one big MatMul, torch',
      rate(of('efficiency', 'torch'), flop.matmul),
      atLeast(0.75),
    ),
    generation('exact', atMost(1.3)),
    generation('fast', atMost(1)),
  ];
  // A target that could not be measured is reported; a row that only serves as a comparison is left out.
  return rows.filter((row) => row.target || row.ratio !== null);
}

/**
 * @param {{times: Record<string, Record<string, Time>>, firstScoresMs: number}} explained
 * @returns {Row[]}
 */
export function explanationRows({ times, firstScoresMs }) {
  const of = (scenario, turn = 'ours') => times[scenario]?.[turn] ?? null;
  const compared = (id, title, against, turn, /** @type {Target | null} */ target = null) =>
    faster(`${id}.${turn}`, title, of(id), against, of(id, turn), target);
  const rows = [
    compared('occlusion128', 'occlusion by token, 128 tokens', 'captum FeatureAblation', 'captum', atLeast(6)),
    compared('occlusion128', '', 'torch, batched by hand', 'torch', atLeast(4)),
    compared('occlusion128', '', 'inseq', 'inseq'),
    relative(
      'occlusion128.knockout',
      '  attention knock-out instead of replacement',
      of('occlusion128', 'knockout'),
      'our replacement',
      of('occlusion128'),
    ),
    absolute('occlusion128.first', '  until the first scores', fixed(firstScoresMs), 'ms', atMost(500)),
    compared('gradient128', 'gradient x input, 128 tokens', 'torch, activations only', 'torch', atLeast(2.3)),
    compared('gradient128', '', 'inseq', 'inseq'),
    compared('integrated128', 'integrated gradients, 128 tokens, 32 steps', 'inseq', 'inseq', atLeast(4.5)),
  ];
  return rows.filter((row) => row.target || row.ratio !== null);
}

const fixed = (value) => ({ median: value, low: value, high: value });

/** @param {Record<string, Time | null>} runs ms, and bytes for the memory @returns {Row[]} */
export function engineRows({ coldCompiled, coldEmpty, activation, memory }) {
  const numbers = 'engine start to first numbers, 64 tokens';
  return [
    absolute('cold.compiled', `${numbers}, compiled cache`, scale(coldCompiled, 1e-3), 's', under(3)),
    absolute('cold.empty', `${numbers}, empty cache`, scale(coldEmpty, 1e-3), 's', under(8)),
    absolute('activation', 'extension activation, editor stubbed', activation, 'ms', under(50)),
    absolute('memory', 'engine memory, 1,000 tokens, peak', scale(memory, 1e-6), 'MB', atMost(1200)),
  ];
}

/**
 * Shows how each cost grows, beside the growth that theory predicts.
 * @param {Record<string, Record<string, Time>>} times growth scenarios; the name of a turn is its size
 */
export function growthRows(times) {
  const kinds = [
    ['pass', 'plain pass over the number of tokens', 'linear products and quadratic attention: 1 to 2'],
    ['edit', 'edit at the end over the number of tokens', 'a fixed part and reading the past: 0 to 1'],
    ['generation', 'generation over the tokens generated', 'linear: 1'],
    ['occlusion', 'occlusion by token over the number of tokens', 'half of the square: 2'],
    ['gradient', 'gradient over the number of tokens', 'linear products and quadratic attention: 1 to 2'],
  ];
  return kinds.flatMap(([id, title, theory]) => {
    // The time of a generation is given per token.
    const whole = (size, { median }) => (id === 'generation' ? size * median : median);
    const measured = Object.entries(times[`${id}Growth`] ?? {});
    const points = measured.map(([size, time]) => [Number(size), whole(Number(size), time)]);
    return points.length < 2 ? [] : [{ id, title, theory, points, exponent: exponent(points) }];
  });
}
