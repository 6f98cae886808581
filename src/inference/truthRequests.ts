/** The requests around the truth probe: train it, judge statements with it, and measure how often it is right. Engine only. */
import { setImmediate as breath } from 'node:timers/promises';
import type { EngineApi } from '../analysis/contracts';
import { project } from '../analysis/embeddings/pca';
import type {
  JudgedStatement,
  OpenStatement,
  Rate,
  StoredProbe,
  TruthEvaluation,
  TruthResult,
  TruthStatement,
} from '../analysis/truth/contract';
import { listedAnswers, listedEnds } from '../analysis/truth/listedAnswers';
import { type OwnAnswer, ownAnswers } from '../analysis/truth/ownAnswers';
import { type Polarity, polarityOf } from '../analysis/truth/polarity';
import { topicsFigures } from '../analysis/truth/topicsFigures';
import { trainingPlaces } from '../analysis/truth/trainingPlaces';
import {
  distance,
  meanStates,
  probabilityOf,
  scoreOf,
  shownProbability,
  type TruthProbe,
  verdictOf,
} from '../analysis/truth/truthProbe';
import { type AnswerSets, type TrainingSet, trainTruthProbe } from '../analysis/truth/truthTraining';
import type { HandlerContext } from '../protocol/channel';
import { ProblemError } from '../protocol/problem';
import type { Progress, Shown } from '../protocol/request';
import type { TextsGround } from './ground';
import { loadProbe, storeProbe } from './probeFile';
import { RuntimeProducts } from './products';
import { beginningIds, type ReadGround, readStatements, type StatementStates, statementLogprobs } from './statements';

type Requests = EngineApi['requests'];
export type TruthGround = Pick<ReadGround, 'model' | 'prompt'> & { threads: number; bundledProbe: string };

/** With fewer statements, topics cannot be held out. */
const leastStatements = 40;
const leastTopics = 3;
/** Most statements that the model is asked to complete itself. */
const mostAsked = 120;
/** Statements judged between two partial results. */
const judgedAtOnce = 32;

export async function trainTruth(
  { model, prompt, threads }: TruthGround,
  { statements, frozen, open, seed }: Requests['trainTruth']['params'],
  { signal, progress }: HandlerContext<Progress>,
): Promise<StoredProbe> {
  checkTrainable(statements);
  const all = [...statements, ...(frozen ?? [])];
  const topics = new Set(statements.map(({ topic }) => topic));
  const known = (open ?? []).filter(({ topic }) => topics.has(topic));
  // They are taken evenly from all topics: each takes as long as reading sixteen statements.
  const stride = Math.max(1, Math.ceil(known.length / mostAsked));
  const asked = known.filter((_, at) => at % stride === 0);
  // The unit is the time to read one statement: fitting takes half as long as reading, and each statement that the model completes
  // takes as long as sixteen.
  const steps = [all.length, 16 * asked.length, all.length / 2];
  const total = Math.round(steps[0] + steps[1] + steps[2]);
  const report = (stage: number, share: number) => {
    const before = steps.slice(0, stage).reduce((sum, one) => sum + one, 0);
    progress({ stage: 'running', done: Math.round(before + share * steps[stage]), total, unit: 'steps' });
  };
  const ground = { model, prompt, signal, onProgress: (done: number, of: number) => report(0, done / of) };
  const read = await readStatements(
    ground,
    all.map(({ text }) => text),
  );
  const { width } = model.info;
  const part = (from: number, to: number): TrainingSet => ({
    statements: all
      .slice(from, to)
      .map((each) => ({ ...each, negated: each.negated ?? polarityOf(each.text).negated })),
    states: new Map([...read.layers].map(([layer, states]) => [layer, states.subarray(from * width, to * width)])),
    marks: read.marks.subarray(from * width, to * width),
    logprob: read.logprob.slice(from, to).map((value) => value ?? 0),
  });
  const onAnswers = (share: number) => report(1, share);
  const answers = asked.length > 0 ? await readAnswers({ model, prompt, signal }, asked, seed, onAnswers) : null;
  const products = new RuntimeProducts(threads);
  try {
    const others = { frozen: frozen && part(statements.length, all.length), answers };
    const probe = await trainTruthProbe(part(0, statements.length), others, {
      products,
      width,
      modelSha256: model.info.sha256,
      seed,
      pause: () => pause(signal),
      onProgress: (done, layers) => report(2, done / layers),
    });
    return storeProbe(probe);
  } finally {
    await products.release();
  }
}

/** The model completes the statements itself, freely and by choice; the completed statements are then read like any others. */
async function readAnswers(
  ground: Omit<ReadGround, 'onProgress'>,
  open: readonly OpenStatement[],
  seed: number,
  onShare: (share: number) => void,
): Promise<AnswerSets> {
  const share = (from: number, to: number) => (done: number, total: number) =>
    onShare(from + ((to - from) * done) / Math.max(1, total));
  const prompts = await Promise.all(
    open.map(async (each) => ({ open: each, ids: await beginningIds(ground.prompt, each.text) })),
  );
  const free = await ownAnswers(ground.model, prompts, { seed, signal: ground.signal, onProgress: share(0, 0.5) });
  const ends = listedEnds(open);
  const flat = ends.flat();
  const logprob = await statementLogprobs(
    { ...ground, onProgress: share(0.5, 0.8) },
    flat.map(({ text }) => text),
    flat.map(({ from }) => from),
  );
  const rest = logprob.values();
  const byStatement = ends.map((each) => each.map(() => rest.next().value ?? Number.NEGATIVE_INFINITY));
  const read = async (answers: readonly OwnAnswer[], onProgress: ReadGround['onProgress']) => {
    const { layers, logprob: means } = await readStatements(
      { ...ground, onProgress },
      answers.map(({ text }) => text),
      answers.map(({ from }) => from),
    );
    return { answers, states: layers, logprob: means.map((value) => value ?? 0) };
  };
  return {
    listed: await read(listedAnswers(ends, byStatement, seed), share(0.8, 0.95)),
    free: await read(free.answers, share(0.95, 1)),
    unjudged: free.unjudged,
  };
}

async function pause(signal: AbortSignal): Promise<void> {
  await breath();
  if (signal.aborted) throw new ProblemError('cancelled');
}

function checkTrainable(statements: readonly TruthStatement[]): void {
  const topics = new Set(statements.map(({ topic }) => topic)).size;
  if (statements.length < leastStatements || topics < leastTopics) {
    throw new ProblemError('tooFewRows', [statements.length, topics, leastStatements, leastTopics]);
  }
  if (statements.every(({ label }) => label === statements[0].label)) {
    throw new ProblemError('oneClass', [String(statements[0].label)]);
  }
}

export async function judge(
  ground: TruthGround & Pick<TextsGround, 'shown'>,
  { statements, probe: path, shown }: Requests['truth']['params'],
  { signal, progress }: HandlerContext<Requests['truth']['progress']>,
): Promise<Shown & { result: TruthResult }> {
  const { model, prompt, bundledProbe } = ground;
  const probe = await loadProbe(path, bundledProbe, model.info);
  const tokens = await ground.shown(shown ?? null);
  const judged: JudgedStatement[] = [];
  const result = (complete: boolean): TruthResult => ({ card: probe.card, statements: [...judged], complete });
  for (let from = 0; from < statements.length; from += judgedAtOnce) {
    const some = statements.slice(from, from + judgedAtOnce);
    const read = await readStatements(
      { model, prompt, signal, onProgress: () => {} },
      some.map(({ text }) => text),
    );
    const judgement = judgements(probe, read, model.info.width);
    judged.push(...some.map((statement, at) => ({ ...statement, ...judgement(at, polarityOf(statement.text)) })));
    progress({
      stage: 'running',
      done: judged.length,
      total: statements.length,
      unit: 'steps',
      prompt: tokens,
      partial: result(judged.length === statements.length),
    });
  }
  return { prompt: tokens, result: result(true) };
}

/** Returns the judgement of each statement that was read, by its index. */
function judgements(
  probe: TruthProbe,
  read: StatementStates,
  width: number,
): (at: number, polarity: Polarity) => Omit<JudgedStatement, 'text' | 'source'> {
  const means = meanStates(read.layers, probe.card.blocks);
  const plane = { mean: probe.region.mean, axes: probe.region.axes.slice(0, 2) };
  const isTrained = trainingPlaces(probe.card);
  return (at, { negated, doubt }) => {
    const own = (states: Float32Array) => states.subarray(at * width, (at + 1) * width);
    const score = scoreOf(probe.verdict, own(means), negated);
    const mark = own(read.marks);
    const [x = 0, y = 0] = project(mark, plane);
    const trained = isTrained({ x, y });
    // The region excludes one training statement in a hundred, so it is not applied to training statements.
    const outside = doubt !== null || (!trained && distance(probe.region, mark) > probe.region.limit);
    const probability = probabilityOf(probe, score);
    return {
      score,
      probability: outside ? null : shownProbability(probability),
      verdict: verdictOf(probability, outside),
      outside,
      negated,
      doubt,
      trained,
      layers: probe.layers.map((each, layer) =>
        scoreOf(each, own(read.layers.get(layer) ?? new Float32Array(0)), negated),
      ),
      logprob: read.logprob[at] ?? 0,
      x,
      y,
    };
  };
}

export async function evaluateTruth(
  ground: TruthGround,
  { statements, probe: path }: Requests['evaluateTruth']['params'],
  { signal, progress }: HandlerContext<Progress>,
): Promise<TruthEvaluation> {
  const { model, prompt, bundledProbe } = ground;
  const probe = await loadProbe(path, bundledProbe, model.info);
  const onProgress = (done: number, total: number) => progress({ stage: 'running', done, total, unit: 'steps' });
  const read = await readStatements(
    { model, prompt, signal, onProgress },
    statements.map(({ text }) => text),
  );
  const judgement = judgements(probe, read, model.info.width);
  // Where a table says which statements are negated, it is believed.
  const polarities = statements.map(({ text, negated }) =>
    negated === null ? polarityOf(text) : { negated, doubt: null },
  );
  const judged = polarities.map((polarity, at) => judgement(at, polarity));
  const seen = new Set(probe.card.topics.map(({ topic }) => topic));
  const isSeen = (row: number) => judged[row].trained || seen.has(statements[row].topic);
  const all = statements.map((_, row) => row);
  const figures = (rows: readonly number[]) => {
    if (rows.length === 0) return null;
    const set = {
      statements: rows.map((row) => ({ ...statements[row], negated: polarities[row].negated })),
      logprob: rows.map((row) => judged[row].logprob),
    };
    const scores = rows.map((row) => judged[row].score);
    const probabilities = scores.map((score) => probabilityOf(probe, score));
    return topicsFigures(set, scores, { probabilities, verdicts: rows.map((row) => judged[row].verdict) });
  };
  const whole = figures(all);
  const fresh = figures(all.filter((row) => !isSeen(row)));
  const trained = figures(all.filter(isSeen));
  const share = (rate: Rate | undefined) => (rate && rate.of > 0 ? rate.hits / rate.of : 0);
  return {
    auroc: whole?.auroc ?? { value: 0.5, low: 0.5, high: 0.5 },
    topics: [
      ...(fresh?.topics ?? []).map((topic) => ({ ...topic, trained: false })),
      ...(trained?.topics ?? []).map((topic) => ({ ...topic, trained: true })),
    ],
    accuracy: share(whole?.accuracy.forced),
    decided: share(whole?.accuracy.decided),
    coverage: share(whole?.accuracy.coverage),
    fresh,
    trained,
    doubtful: judged.filter(({ doubt }) => doubt !== null).length,
    unlike: judged.filter(({ doubt, outside }) => outside && doubt === null).length,
  };
}
