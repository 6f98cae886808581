/**
 * The guess of a reader without a model, learnt from labelled texts: TF-IDF of words and word pairs with a logistic regression, and the
 * length in characters, both trained on some groups and tested on the others, in at most twelve turns. Pure.
 */

interface LabelledText {
  text: string;
  label: boolean;
  group: string;
}

/** A sparse vector: the places of its non-zero entries, and their values. */
interface Sparse {
  at: number[];
  value: number[];
}

/** The most parts into which whole groups are dealt. */
const mostParts = 12;

/** [N] for each baseline; null with fewer than three groups, or with a single label. */
export function wordBaselines(rows: readonly LabelledText[]): { words: number[]; length: number[] } | null {
  const groups = [...new Set(rows.map(({ group }) => group))];
  if (groups.length < 3 || new Set(rows.map(({ label }) => label)).size < 2) return null;
  const documents = rows.map(({ text }) => terms(text));
  const lengths = rows.map(({ text }): Sparse => ({ at: [0], value: [(text.length - 40) / 20] }));
  const out = { words: new Array<number>(rows.length).fill(0), length: new Array<number>(rows.length).fill(0) };
  const all = rows.map((_, row) => row);
  const parts = Math.min(mostParts, groups.length);
  const place = new Map(groups.map((group, at) => [group, at % parts]));
  const partOf = rows.map(({ group }) => place.get(group) ?? 0);
  for (let part = 0; part < parts; part++) {
    const train = all.filter((row) => partOf[row] !== part);
    const labels = train.map((row) => rows[row].label);
    const vector = tfIdf(train.map((row) => documents[row]));
    const byWords = logistic(
      train.map((row) => vector(documents[row])),
      labels,
    );
    const byLength = logistic(
      train.map((row) => lengths[row]),
      labels,
    );
    for (const row of all.filter((each) => partOf[each] === part)) {
      out.words[row] = byWords(vector(documents[row]));
      out.length[row] = byLength(lengths[row]);
    }
  }
  return out;
}

function terms(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}'’]+/gu) ?? [];
  return [...words, ...words.slice(1).map((word, index) => `${words[index]} ${word}`)];
}

/** Vectors of length 1 over the terms of `documents`. */
function tfIdf(documents: readonly string[][]): (document: readonly string[]) => Sparse {
  const found = new Map<string, number>();
  for (const document of documents) for (const term of new Set(document)) found.set(term, (found.get(term) ?? 0) + 1);
  const weight = new Map([...found].map(([term, n], at) => [term, { at, idf: Math.log(documents.length / n) + 1 }]));
  return (document) => {
    const sums = new Map<number, number>();
    for (const term of document) {
      const known = weight.get(term);
      if (known) sums.set(known.at, (sums.get(known.at) ?? 0) + known.idf);
    }
    const norm = Math.hypot(...sums.values()) || 1;
    return { at: [...sums.keys()], value: [...sums.values()].map((value) => value / norm) };
  };
}

const epochs = 12;
const penalty = 1e-3;

/** Fits an L2 logistic regression by stochastic steps in a fixed order; returns the function that scores a vector. */
function logistic(vectors: readonly Sparse[], labels: readonly boolean[]): (vector: Sparse) => number {
  const largest = vectors.reduce((most, { at }) => at.reduce((top, one) => Math.max(top, one), most), 0);
  const weights = new Float64Array(1 + largest);
  let bias = 0;
  const score = ({ at, value }: Sparse): number => {
    let sum = bias;
    for (let i = 0; i < at.length; i++) sum += value[i] * weights[at[i]];
    return sum;
  };
  // A stride coprime to the number of rows visits each row once, and rarely two neighbours of the same group in succession.
  const stride = coprime(vectors.length);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = 1 / (1 + epoch);
    for (let step = 0; step < vectors.length; step++) {
      const row = (step * stride) % vectors.length;
      const { at, value } = vectors[row];
      const error = (labels[row] ? 1 : 0) - 1 / (1 + Math.exp(-score(vectors[row])));
      bias += rate * error * 0.1;
      for (let i = 0; i < at.length; i++) weights[at[i]] += rate * (error * value[i] - penalty * weights[at[i]]);
    }
  }
  return score;
}

function coprime(n: number): number {
  const divisor = (a: number, b: number): number => (b ? divisor(b, a % b) : a);
  let stride = Math.max(1, Math.floor(n * 0.618));
  while (divisor(stride, n) !== 1) stride++;
  return stride;
}
