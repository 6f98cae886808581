// Why a target was missed, in one sentence computed from what was measured. Pure; imported by run.mjs and its tests.
import { median } from './statistics.mjs';
import { figure } from './table.mjs';

const times = (ratio) => `${ratio.toFixed(2)}x`;
const percent = (share) => `${(share * 100).toFixed(0)} %`;
const gigaflops = (flop, ms) => flop / ms / 1e6;

/**
 * `flop` and `peerFlop` are what each side computes (a peer that cannot choose its rows computes more logits); medians in ms,
 * rates of one big MatMul in GFLOP/s.
 * @param {{ours: number, peer: number, flop: number, peerFlop: number, rates: {onnxruntime: number, torch: number}}} facts
 * @param {number} limit
 */
export function passReason({ ours, peer, flop, peerFlop, rates }, limit) {
  const highest = Math.max(rates.onnxruntime, rates.torch);
  const floor = flop / highest / 1e6;
  const best = peer / floor;
  const bound =
    best < limit
      ? `so ${times(limit)} is out of reach of any float32 pass here`
      : `and ${times(limit)} takes ${percent(limit / best)} of that rate`;
  return (
    `one big MatMul runs at ${figure(rates.onnxruntime)} GFLOP/s in ONNX Runtime and ${figure(rates.torch)} in torch; ` +
    `at the higher rate this pass's ${figure(flop / 1e9)} GFLOP take ${figure(floor)} ms, ${times(best)}, ${bound}. ` +
    `Ours runs at ${figure(gigaflops(flop, ours))} GFLOP/s, transformers (${figure(peerFlop / 1e9)} GFLOP) at ${figure(gigaflops(peerFlop, peer))}.`
  );
}

/** `products`: ms of the pass's own matrix products alone. */
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

/** `bytes`: size of the model file, which is what a token has to read at the least. */
export function generationReason({ ours, peer, bytes, shortContext, longContext }) {
  const gigabytes = (ms) => figure(bytes / ms / 1e6);
  return (
    `a token reads the ${figure(bytes / 1e6)} MB of weights once: ours at ${gigabytes(ours)} GB/s, llama.cpp at ${gigabytes(peer)} GB/s; ` +
    `with ${shortContext.tokens} tokens of context ours takes ${figure(shortContext.ms)} ms, with ${longContext.tokens} ${figure(longContext.ms)} ms.`
  );
}

/** `pairs`: tokens run, each with all that stands before it; `fastest`: tokens a second of our 16 x 64 pass. */
export function occlusionReason({ ours, tokenPasses, fastest }) {
  const rate = (tokenPasses / ours) * 1e3;
  return (
    `each variant runs from its own token on: ${figure(tokenPasses)} token passes at ${figure(rate)} a second, ` +
    `${percent(rate / fastest)} of the rate of our 16 x 64 pass.`
  );
}

/** Medians in ms of the gradient and of our plain pass over as many tokens. */
export function gradientReason({ ours, plain, peer }) {
  return (
    `forward and backward together are ${times(ours / plain)} of our plain pass, of which the products alone make 2x; ` +
    `the peer takes ${times(peer / plain)} of it.`
  );
}

/** `stages`: ms from the start at which opening, compiling and loading began, where they did. */
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
 * One line for each missed target.
 * @param {import('./rows.mjs').Row[]} rows
 * @param {object} facts everything measured: run.mjs names it
 */
export function reasonLines(rows, facts) {
  return rows.filter((row) => row.met === false).map((row) => `missed: ${row.id}: ${reasonFor(row, facts)}`);
}

function reasonFor({ id, target }, facts) {
  const { times, flop } = facts;
  const matmul = gigaflops(flop.matmul, times.efficiency.onnxruntime.median);
  const of = (scenario, turn = 'ours') => times[scenario][turn].median;
  if (id in flop) {
    const rates = { onnxruntime: matmul, torch: gigaflops(flop.matmul, of('efficiency', 'torch')) };
    const sides = { ours: of(id), peer: of(id, 'transformers'), flop: flop[id], peerFlop: flop[`${id}.peer`] };
    return passReason({ ...sides, rates }, target.limit);
  }
  const [kind, which] = id.split('.');
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
    case 'occlusion128': {
      const { text, batch } = { text: 128, batch: 16 * 64 };
      const fastest = (batch / of('pass16x64')) * 1e3;
      const ours = facts.explained.times.occlusion128.ours.median;
      return occlusionReason({ ours, tokenPasses: (text * (text + 1)) / 2, fastest });
    }
    case 'gradient128':
    case 'integrated128': {
      const { ours, [which]: peer } = facts.explained.times[kind];
      const passes = kind === 'gradient128' ? 1 : 32;
      const plain = of('passGrowth', '128') * passes;
      return gradientReason({ ours: ours.median, plain, peer: peer.median });
    }
    case 'cold':
      return coldReason(middle(which === 'compiled' ? facts.compiled : facts.empty));
    case 'activation':
      return activationReason(middle(facts.activation));
    default:
      return memoryReason(facts.memory);
  }
}

/** The run whose time is the median, or the one just below it. */
function middle(runs) {
  const limit = median(runs.map((run) => run.ms));
  return runs.filter((run) => run.ms <= limit).sort((a, b) => b.ms - a.ms)[0];
}
