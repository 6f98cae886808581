// Explains in one sentence, computed from the measurements, why a target was missed. Pure.
import { median } from './statistics.mjs';
import { figure } from './table.mjs';

const times = (ratio) => `${ratio.toFixed(2)}x`;
const percent = (share) => `${(share * 100).toFixed(0)} %`;
const gigaflops = (flop, ms) => flop / ms / 1e6;

/**
 * Compares the machine's best rate with the peer.
 * @param {{peer: number, flop: number, rates: {onnxruntime: number, torch: number}}} facts ms, and GFLOP/s of one big MatMul
 * @param {number} limit
 * @param {string} what the computation in words: "this pass", "the gradient"
 */
function boundWords({ peer, flop, rates }, limit, what) {
  const floor = flop / Math.max(rates.onnxruntime, rates.torch) / 1e6;
  const best = peer / floor;
  const verdict =
    best < limit
      ? `so ${times(limit)} is out of reach of float32 here`
      : `and ${times(limit)} takes ${percent(limit / best)} of that rate`;
  return (
    `one big MatMul runs at ${figure(rates.onnxruntime)} GFLOP/s in ONNX Runtime and ${figure(rates.torch)} in torch; ` +
    `at the higher rate ${what}'s ${figure(flop / 1e9)} GFLOP take ${figure(floor)} ms, ${times(best)}, ${verdict}.`
  );
}

/**
 * `flop` and `peerFlop` count what each side computes (a peer that cannot choose its rows computes more logits); medians in ms.
 * @param {{ours: number, peer: number, flop: number, peerFlop: number, rates: {onnxruntime: number, torch: number}}} facts
 * @param {number} limit
 */
export function passReason({ ours, peer, flop, peerFlop, rates }, limit) {
  return (
    `${boundWords({ peer, flop, rates }, limit, 'this pass')} ` +
    `Ours runs at ${figure(gigaflops(flop, ours))} GFLOP/s, transformers (${figure(peerFlop / 1e9)} GFLOP) at ${figure(gigaflops(peerFlop, peer))}.`
  );
}

/** `products`: ms that the pass's own matrix products take alone. */
export function efficiencyReason({ ours, flop, matmul, products }) {
  const rest = ours - products;
  return (
    `the pass's own products alone, at their own shapes, take ${figure(products)} ms, ` +
    `${percent(gigaflops(flop, products) / matmul)} of the big MatMul's rate; ` +
    `the other ${figure(Math.max(0, rest))} ms (${percent(Math.max(0, rest) / ours)} of the pass) are softmax, norms, rotation and copies.`
  );
}

/** `copy`: ms of one bare copy of the bytes that the taps hand out. */
export function tapsReason({ ours, plain, bytes, copy }) {
  return (
    `the taps hand out ${figure(bytes / 1e6)} MB in ${figure(ours - plain)} ms more than the plain pass; ` +
    `one bare copy of as much into fresh memory takes ${figure(copy)} ms, which alone makes ${times((plain + copy) / plain)}.`
  );
}

/** `two`: ms of a pass over two tokens with nothing before them. */
export function editReason({ ours, full, two }) {
  return (
    `an edit runs the last two tokens again; a pass over two tokens with nothing before them takes ${figure(two)} ms, ` +
    `1/${(full / two).toFixed(1)} of the full pass; the other ${figure(Math.max(0, ours - two))} ms are the past and the bookkeeping.`
  );
}

/** `bytes`: size of the model file, which is the least that has to be read for each token. */
export function generationReason({ ours, peer, bytes, shortContext, longContext }) {
  const gigabytes = (ms) => figure(bytes / ms / 1e6);
  return (
    `a token reads the ${figure(bytes / 1e6)} MB of weights once: ours at ${gigabytes(ours)} GB/s, llama.cpp at ${gigabytes(peer)} GB/s; ` +
    `with ${shortContext.tokens} tokens of context ours takes ${figure(shortContext.ms)} ms, with ${longContext.tokens} ${figure(longContext.ms)} ms.`
  );
}

/**
 * `flop` counts the whole computation; medians in ms.
 * @param {{ours: number, peer: number, flop: number, rates: {onnxruntime: number, torch: number}}} facts
 * @param {number} limit
 * @param {string} what the computation in words
 */
export function explanationReason({ ours, peer, flop, rates }, limit, what) {
  return `${boundWords({ peer, flop, rates }, limit, what)} Ours runs at ${figure(gigaflops(flop, ours))} GFLOP/s.`;
}

/** `stages`: ms from the start until opening, compiling and loading began, for the stages that took place. */
export function coldReason({ ms, stages, loadedMs, runMs }) {
  const marks = ['opening', 'compiling', 'loading'].filter((stage) => stages[stage] !== undefined);
  const parts = marks.map((stage, index) => {
    const end = index + 1 < marks.length ? stages[marks[index + 1]] : loadedMs;
    return `${stage} ${figure(end - stages[stage])} ms`;
  });
  const before = marks.length > 0 ? [`process start ${figure(stages[marks[0]])} ms`] : [];
  return `${[...before, ...parts, `first run ${figure(runMs)} ms`].join(', ')}; together ${figure(ms)} ms.`;
}

export const activationReason = ({ requireMs, activateMs }) =>
  `reading the bundle takes ${figure(requireMs)} ms, activate() ${figure(activateMs)} ms.`;

/** `peaks`: bytes after each step. */
export function memoryReason({ peaks, weights }) {
  const steps = Object.entries(peaks).map(([step, bytes]) => `${step} ${figure(bytes / 1e6)} MB`);
  return `with ${weights} weights the peak grows: ${steps.join(', ')}.`;
}

/**
 * Gives one line for each missed target.
 * @param {import('./rows.mjs').Row[]} rows
 * @param {object} facts everything that was measured, under the names that run.mjs gives it
 */
export function reasonLines(rows, facts) {
  return rows.filter((row) => row.met === false).map((row) => `missed: ${row.id}: ${reasonFor(row, facts)}`);
}

function reasonFor({ id, target }, facts) {
  const { times, flop } = facts;
  const matmul = gigaflops(flop.matmul, times.efficiency.onnxruntime.median);
  const of = (scenario, turn = 'ours') => times[scenario][turn].median;
  const [kind, which] = id.split('.');
  const rates = () => ({ onnxruntime: matmul, torch: gigaflops(flop.matmul, of('efficiency', 'torch')) });
  if (id in flop) {
    const sides = { ours: of(id), peer: of(id, 'transformers'), flop: flop[id], peerFlop: flop[`${id}.peer`] };
    return passReason({ ...sides, rates: rates() }, target.limit);
  }
  switch (kind) {
    case 'taps256':
      return tapsReason({ ours: of(id), plain: of(id, 'plain'), bytes: facts.tapsBytes, copy: facts.copy.median });
    case 'edit512':
      return editReason({ ours: of(id), full: of(id, 'full'), two: of('parts', 'two') });
    case 'efficiency': {
      const rate = which === 'torch' ? gigaflops(flop.matmul, of('efficiency', 'torch')) : matmul;
      const [ours, products] = [of('efficiency', 'pass'), of('efficiency', 'products')];
      return efficiencyReason({ ours, products, flop: flop.pass512, matmul: rate });
    }
    case 'generation':
      return generationReason({
        ours: of('generation', which),
        peer: of('generation', 'llama'),
        bytes: facts.modelBytes,
        shortContext: { tokens: 16, ms: of('shortContext', which) },
        longContext: { tokens: 256, ms: of('generation', which) },
      });
    case 'occlusion128':
    case 'gradient128':
    case 'integrated128': {
      const { ours, [which]: peer } = facts.explained.times[kind];
      const sides = { ours: ours.median, peer: peer.median, flop: flop[kind], rates: rates() };
      return explanationReason(sides, target.limit, explained[kind]);
    }
    case 'cold':
      return coldReason(middle(which === 'compiled' ? facts.compiled : facts.empty));
    case 'activation':
      return activationReason(middle(facts.activation));
    default:
      return memoryReason(facts.memory);
  }
}

const explained = {
  occlusion128: 'the occlusion',
  gradient128: 'the gradient',
  integrated128: 'the integrated gradient',
};

/** The run with the median time, or the one just below it. */
function middle(runs) {
  const limit = median(runs.map((run) => run.ms));
  return runs.filter((run) => run.ms <= limit).sort((a, b) => b.ms - a.ms)[0];
}
