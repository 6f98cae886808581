/**
 * The effect of temperature, top-k and top-p on a distribution of which only the likeliest candidates are known. The order is
 * that of the engine: temperature, then top-k, then top-p. Where the unknown tail matters, its share is bounded, not guessed:
 * among candidates no likelier than the last known one, holding a known mass, the sum of p^(1/T) lies between two closed forms.
 * Pure.
 */

export interface SamplingSettings {
  /** 0 = greedy. */
  temperature: number;
  /** 0 = all. */
  topK: number;
  /** 1 = all. */
  topP: number;
}

export interface Sampled {
  /** How many tokens can be drawn; a lower bound when `keptBeyond`. */
  kept: number;
  /** True when tokens beyond the known candidates can be drawn as well. */
  keptBeyond: boolean;
  /** Raw probability of everything that can be drawn. */
  massKept: number;
  /** Probability of each known candidate when sampled; 0 where cut. */
  probabilities: number[];
  /** Nats. */
  entropy: number;
  /** False when the tail enters and its weight is only bounded; then probabilities are the middle of the bounds. */
  exact: boolean;
  /** False when tokens of the tail can be drawn, because it is not known how they share their mass. */
  entropyExact: boolean;
  /** Raw probability of the candidates that are not known one by one. */
  tailMass: number;
}

/** Relative width of the bounds below which their middle is exact enough for two printed decimals. */
const EXACT = 0.005;

interface Tail {
  count: number;
  mass: number;
  /** Bounds of Σ p^(1/T) over the tail. */
  low: number;
  high: number;
}

function tail(logprobs: readonly number[], vocabulary: number, power: number): Tail {
  const known = logprobs.reduce((sum, lp) => sum + Math.exp(lp), 0);
  const count = Math.max(0, vocabulary - logprobs.length);
  const mass = count ? Math.max(0, 1 - known) : 0;
  if (mass === 0) return { count, mass, low: 0, high: 0 };
  const even = count * (mass / count) ** power;
  const steep = mass * Math.exp(logprobs.at(-1)! * (power - 1));
  return { count, mass, low: Math.min(even, steep), high: Math.max(even, steep) };
}

/**
 * @param logprobs natural, best first, of the known candidates (at least one)
 * @param vocabulary how many candidates there are altogether
 */
export function sample(logprobs: readonly number[], vocabulary: number, settings: SamplingSettings): Sampled {
  const raw = logprobs.map(Math.exp);
  if (settings.temperature <= 0) {
    const probabilities = raw.map((_, i) => (i === 0 ? 1 : 0));
    const { mass } = tail(logprobs, vocabulary, 1);
    return {
      kept: 1,
      keptBeyond: false,
      massKept: raw[0],
      probabilities,
      entropy: 0,
      exact: true,
      entropyExact: true,
      tailMass: mass,
    };
  }
  const power = 1 / settings.temperature;
  const rest = tail(logprobs, vocabulary, power);
  const limit = settings.topK > 0 ? Math.min(settings.topK, vocabulary) : vocabulary;
  const weights = logprobs.map((lp, i) => (i < limit ? Math.exp((lp - logprobs[0]) * power) : 0));
  // The tail uses the same scale: divided by p₀^(1/T).
  const scale = Math.exp(-logprobs[0] * power);
  const beyond = limit > logprobs.length && rest.count > 0;
  // A limit beyond the known candidates keeps at most the whole tail; below the size of the vocabulary it may keep nothing of it.
  const low = beyond ? (limit >= vocabulary ? rest.low * scale : 0) : 0;
  const high = beyond ? rest.high * scale : 0;
  const known = weights.reduce((sum, w) => sum + w, 0);
  const middle = known + (low + high) / 2;
  const exact = high - low <= EXACT * middle;
  return settings.topP < 1
    ? cutAt(settings.topP, { raw, weights, total: middle, beyond, exact, rest })
    : whole({ raw, weights, total: middle, beyond, exact, rest }, limit);
}

interface Weighted {
  raw: readonly number[];
  weights: readonly number[];
  /** Sum of all weights, including the tail's. */
  total: number;
  beyond: boolean;
  exact: boolean;
  rest: Tail;
}

/** Keeps the smallest set of likeliest tokens that reaches `topP`. */
function cutAt(topP: number, { raw, weights, total, beyond, exact, rest }: Weighted): Sampled {
  let sum = 0;
  let kept = 0;
  while (kept < weights.length && weights[kept] > 0 && (kept === 0 || sum < topP * total)) sum += weights[kept++];
  if (sum < topP * total && beyond) return whole({ raw, weights, total, beyond, exact: false, rest }, kept + 1);
  const probabilities = weights.map((w, i) => (i < kept ? w / sum : 0));
  return {
    kept,
    keptBeyond: false,
    massKept: massOf(raw, kept),
    probabilities,
    entropy: entropyOf(probabilities),
    // Everything inside the cut is known, but the place of the cut depends on the total.
    exact,
    entropyExact: exact,
    tailMass: rest.mass,
  };
}

function whole({ raw, weights, total, beyond, exact, rest }: Weighted, limit: number): Sampled {
  const probabilities = weights.map((w) => w / total);
  const tailShare = beyond ? Math.max(0, 1 - probabilities.reduce((a, b) => a + b, 0)) : 0;
  const spread = tailShare > 0 ? -tailShare * Math.log(tailShare / rest.count) : 0;
  const kept = beyond ? limit : Math.min(limit, raw.length);
  return {
    kept,
    keptBeyond: beyond,
    massKept: beyond ? 1 : massOf(raw, kept),
    probabilities,
    entropy: entropyOf(probabilities) + spread,
    exact,
    // The tail's own entropy is only known to be at most that of an even spread.
    entropyExact: exact && tailShare < EXACT / 10,
    tailMass: rest.mass,
  };
}

function massOf(raw: readonly number[], kept: number): number {
  return Math.min(
    1,
    raw.slice(0, kept).reduce((sum, p) => sum + p, 0),
  );
}

function entropyOf(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0) || 0;
}
