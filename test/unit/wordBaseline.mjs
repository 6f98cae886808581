/**
 * What a reader without a model could guess from a labelled set: TF-IDF of words and word pairs into a logistic regression,
 * and the length in characters, both trained on all groups but one and tested on that one (AUROC pooled over the groups).
 */

/** @param {{text: string, label: boolean, group: string}[]} rows */
export function leaveGroupOut(rows) {
  const documents = rows.map(({ text }) => terms(text));
  const score = { words: new Array(rows.length), length: new Array(rows.length) };
  for (const group of new Set(rows.map((row) => row.group))) {
    const train = indices(rows, (row) => row.group !== group);
    const labels = train.map((index) => rows[index].label);
    const words = tfIdf(train.map((index) => documents[index]));
    const lengths = (index) => ({ at: [0], value: [(rows[index].text.length - 40) / 20] });
    const byWords = logistic(
      train.map((index) => words(documents[index])),
      labels,
    );
    const byLength = logistic(train.map(lengths), labels);
    for (const index of indices(rows, (row) => row.group === group)) {
      score.words[index] = byWords(words(documents[index]));
      score.length[index] = byLength(lengths(index));
    }
  }
  const labels = rows.map(({ label }) => label);
  return { words: auroc(score.words, labels), length: auroc(score.length, labels) };
}

const indices = (rows, keep) => rows.flatMap((row, index) => (keep(row) ? [index] : []));

function terms(text) {
  const words = text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
  return [...words, ...words.slice(1).map((word, index) => `${words[index]} ${word}`)];
}

/** A sparse vector: where it is not 0, and what it is there. @typedef {{at: number[], value: number[]}} Sparse */

/** @returns {(document: string[]) => Sparse} of length 1 over the terms of `documents` */
function tfIdf(documents) {
  const found = new Map();
  for (const document of documents) for (const term of new Set(document)) found.set(term, (found.get(term) ?? 0) + 1);
  const weight = new Map([...found].map(([term, n], at) => [term, { at, idf: Math.log(documents.length / n) + 1 }]));
  return (document) => {
    const sums = new Map();
    for (const term of document) {
      const known = weight.get(term);
      if (known) sums.set(known.at, (sums.get(known.at) ?? 0) + known.idf);
    }
    const norm = Math.hypot(...sums.values()) || 1;
    return { at: [...sums.keys()], value: [...sums.values()].map((value) => value / norm) };
  };
}

/** L2 logistic regression by stochastic steps in a fixed order. @returns {(vector: Sparse) => number} the score */
function logistic(vectors, labels, epochs = 12, penalty = 1e-3) {
  const weights = new Float64Array(1 + Math.max(0, ...vectors.flatMap(({ at }) => at)));
  let bias = 0;
  const score = ({ at, value }) => {
    let sum = bias;
    for (let i = 0; i < at.length; i++) sum += value[i] * weights[at[i]];
    return sum;
  };
  // A stride coprime to the number of rows visits each once, far from its neighbours of the same group.
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

function coprime(n) {
  const divides = (a, b) => (b ? divides(b, a % b) : a);
  let stride = Math.max(1, Math.floor(n * 0.618));
  while (divides(stride, n) !== 1) stride++;
  return stride;
}

/** Area under the ROC curve: the share of true–false pairs in the right order, ties half. */
function auroc(scores, labels) {
  const order = scores.map((value, index) => ({ value, label: labels[index] })).sort((a, b) => a.value - b.value);
  const positives = labels.filter(Boolean).length;
  let ranks = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && order[to].value === order[from].value) to++;
    ranks += order.slice(from, to).filter(({ label }) => label).length * ((from + to + 1) / 2);
    from = to;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (labels.length - positives));
}
