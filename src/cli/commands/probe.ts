/** `prompt-lens probe train DATA.csv` and `probe evaluate DATA.csv`: what can be read about labels from the states of each layer. */
import type { Command } from 'commander';
import type { Given } from '../../analysis/options';
import { type ProbeParams, type ProbeResult, probeTrainFlags } from '../../analysis/probe/contract';
import {
  type AnswersCard,
  type AnswersFigures,
  type ProbeCard,
  probeEvaluateFlags,
  type TopicsFigures,
  type TruthEvaluation,
  type TruthStatement,
} from '../../analysis/truth/contract';
import { openStatements } from '../../document/facts';
import { holdsStatements, planProbe, statementsReading, taskOf, truthStatements } from '../../document/statements';
import type { Table } from '../../document/table';
import { ProblemError } from '../../protocol/problem';
import { addContractOptions } from '../contractOptions';
import type { Environment } from '../environment';
import { addCommonOptions, type CommonOptions } from '../options';
import { writeOutput } from '../outputs';
import { readText } from '../readPrompt';
import { runPlain, type Session } from '../runCommand';
import { addTableOptions, readTable, type TableOptions, tellReading } from '../tables';
import { type Paint, tableLines } from '../terminalText';
import { figureRows, figuresText, interval, rightText, topicLines } from '../truthText';

type TrainFlags = Given<ReturnType<typeof probeTrainFlags>>;
/** The frame has no default value, so that it can be refused where it has no meaning. */
type TrainOptions = CommonOptions &
  TableOptions &
  Omit<TrainFlags, 'groupBy' | 'frame'> & { group?: TrainFlags['groupBy']; frame?: ProbeParams['frame'] };

type EvaluateOptions = CommonOptions & TableOptions & Given<ReturnType<typeof probeEvaluateFlags>>;

export function addProbe(program: Command, environment: Environment): void {
  const probe = program
    .command('probe')
    .description('Train and judge probes, which read labels from the states of a layer.');
  const train = probe
    .command('train')
    .summary('fit probes to labelled texts')
    .description(
      "Fit a probe to the layers' states, from a .csv or .tsv with the columns text, label and group. True and false statements with topics train a truth probe.",
    )
    .argument('<data.csv>', 'the labelled texts');
  addContractOptions(train, probeTrainFlags());
  addCommonOptions(addTableOptions(train)).action((file: string, options: TrainOptions) =>
    runTraining(environment, file, options),
  );
  const evaluate = probe
    .command('evaluate')
    .summary('measure how often a truth probe is right')
    .description('Judge labelled statements with a truth probe, and show how often it is right, topic by topic.')
    .argument('<data.csv>', 'statements with labels and topics');
  addContractOptions(evaluate, probeEvaluateFlags());
  addCommonOptions(addTableOptions(evaluate)).action((file: string, options: EvaluateOptions) =>
    runEvaluation(environment, file, options),
  );
}

/** Options that belong to layer probes only: a truth probe's columns have fixed names. */
const layerOptions = ['label', 'group', 'template', 'frame'] as const;

async function runTraining(environment: Environment, file: string, options: TrainOptions): Promise<void> {
  const { table } = await readTable(environment, file, options);
  const asked = layerOptions.find((name) => options[name] !== undefined);
  const isTruth = options.task === 'truth' || (options.task === 'auto' && !asked && holdsStatements(table));
  if (isTruth && asked) throw new ProblemError('usage', [`--${asked} belongs to layer probes.`]);
  for (const name of ['frozen', 'answers'] as const) {
    if (isTruth || options[name] === undefined) continue;
    throw new ProblemError('usage', [`--${name} belongs to statements that are true or false.`]);
  }
  const statements = isTruth ? truthStatements(table, file) : [];
  if (isTruth) tellReading(environment, file, statementsReading(table, file));
  const frozen = options.frozen === undefined ? null : await readStatements(environment, options.frozen, options);
  const facts = options.answers;
  const open = facts === undefined ? null : openStatements(await readText(environment, facts), facts);
  return runPlain(environment, 'probe train', options, async (session) => {
    if (!isTruth) return trainLayers(environment, session, table, { ...options, file });
    const params = { statements, frozen, open, seed: options.seed };
    const { runMs, probe } = await session.engine.request('trainTruth', params, { onProgress: session.progress });
    await write(environment, options.output, probe);
    const { map, ...card } = probe.card;
    return {
      prompt: null,
      runMs,
      result: card,
      sheet: layerSheet(card.layers, 'auroc'),
      text: cardText(card, session.paint),
    };
  });
}

async function trainLayers(
  environment: Environment,
  session: Session,
  table: Table,
  options: TrainOptions & { file: string },
) {
  const plan = planProbe(table, options.file, options);
  const { rows } = plan;
  tellReading(environment, options.file, plan.reading);
  const { task: asked, frame = 'plain', folds, seed } = options;
  const task = taskOf(rows, asked === 'classes' || asked === 'number' ? asked : 'auto');
  const params = { rows, task, frame, folds, seed };
  const { runMs, result } = await session.engine.request('probe', params, { onProgress: session.progress });
  await write(environment, options.output, { schema: 1, kind: 'layers', modelSha256: session.model.sha256, ...result });
  return {
    prompt: null,
    runMs,
    result,
    sheet: layerSheet(result.layers, 'score'),
    text: layersText(result, session.paint),
  };
}

async function runEvaluation(environment: Environment, file: string, options: EvaluateOptions): Promise<void> {
  const statements = await readStatements(environment, file, options);
  return runPlain(environment, 'probe evaluate', options, async (session) => {
    const params = { statements, probe: options.probe ?? null };
    const { runMs, ...result } = await session.engine.request('evaluateTruth', params, {
      onProgress: session.progress,
    });
    const { topics } = result;
    return {
      prompt: null,
      runMs,
      result,
      sheet: {
        figure: { kind: 'bars' as const, label: ['topic'], value: 'auroc' },
        columns: ['topic', 'trained', 'known', 'statements', 'auroc', 'low', 'high', 'decided', 'right'],
        rows: topics.map(({ topic, trained, known, statements: rows, auroc, decided }) => [
          ...[topic, trained, known, rows, auroc.value, auroc.low, auroc.high],
          ...[decided.of, decided.hits],
        ]),
      },
      text: evaluationText(result, session.paint),
    };
  });
}

function evaluationText(result: TruthEvaluation, paint: Paint): string {
  const { fresh, trained, doubtful, unlike } = result;
  const part = (heading: string, figures: TopicsFigures | null) =>
    figures ? `${paint('bold', heading)}\n${figuresText(figures, paint)}${topicLines(figures.topics, paint)}` : '';
  const left = [
    doubtful > 0 ? `${doubtful} left open: it is not clear whether they assert or deny` : '',
    unlike > 0 ? `${unlike} left open: unlike every training statement` : '',
  ].filter(Boolean);
  return [
    part(`new topics: ${fresh?.topics.length ?? 0}`, fresh),
    part(`topics it was trained on: ${trained?.topics.length ?? 0} (no test: it has seen them)`, trained),
    ...left.map((line) => `${line}\n`),
  ].join('');
}

async function readStatements(
  environment: Environment,
  file: string,
  options: TableOptions,
): Promise<TruthStatement[]> {
  const { table } = await readTable(environment, file, options);
  const statements = truthStatements(table, file);
  tellReading(environment, file, statementsReading(table, file));
  return statements;
}

async function write(environment: Environment, path: string | undefined, content: object): Promise<void> {
  if (path === undefined) return;
  await writeOutput(environment, path, `${JSON.stringify(content)}\n`);
}

type Layers = ({ layer: number; shuffled: number; shuffledSpread: number } & ({ auroc: number } | { score: number }))[];

function layerSheet(layers: Layers, value: 'auroc' | 'score') {
  return {
    figure: { kind: 'bars' as const, label: ['layer'], value },
    columns: ['layer', value, 'shuffled', 'shuffledSpread'],
    rows: layers.map((each) => [
      each.layer,
      'auroc' in each ? each.auroc : each.score,
      each.shuffled,
      each.shuffledSpread,
    ]),
  };
}

function cardText(card: Omit<ProbeCard, 'map'>, paint: Paint): string {
  const { auroc, known, affirmative, negated, baselines, negationFlip, surestHalf, calibration, frozen, answers } =
    card;
  const rows = [
    ...figureRows(card),
    ['gain over log-probability × negation', (auroc.value - baselines.logprob.value).toFixed(3)],
    ['known topics', interval(known)],
    ['affirmative', interval(affirmative)],
    ['negated', interval(negated)],
    ['trained on affirmative, tested on negated', negationFlip.toFixed(3)],
    ['right on the surest half', rightText(surestHalf)],
    ['calibration error', calibration.error.toFixed(3)],
    ...(answers ? answerRows(answers) : []),
  ];
  const layers = card.layers.map(({ layer, auroc: own, shuffled, shuffledSpread }) => [
    String(layer),
    own.toFixed(3),
    `${shuffled.toFixed(3)} ± ${shuffledSpread.toFixed(3)}`,
  ]);
  const heading = `held out by topic: ${card.trainedOn.statements} statements, ${card.trainedOn.topics} topics, seed ${card.seed}\n`;
  const layerColumns = [{ title: 'layer', align: 'right' as const }, { title: 'AUROC' }, { title: 'shuffled labels' }];
  return [
    heading,
    tableLines([{ title: '' }, { title: '95 % intervals over topics' }], rows, paint),
    topicLines(card.topics, paint),
    ...(frozen
      ? [`frozen topics: ${frozen.topics.length}\n`, figuresText(frozen, paint), topicLines(frozen.topics, paint)]
      : []),
    tableLines(layerColumns, layers, paint),
  ].join('');
}

function answerRows({ listed, free }: AnswersCard): string[][] {
  const count = ({ right, wrong }: AnswersFigures) => `${right} right, ${wrong} wrong`;
  const rows = ({ probe, logprob, both }: AnswersFigures, name: string, counts: string) => [
    [name, `${interval(probe)} (${counts})`],
    ['  their mean log-probability', interval(logprob)],
    ['  both together', interval(both)],
  ];
  return [
    ...rows(listed, 'its own choice among listed values', count(listed)),
    ...rows(free, 'its own words', `${count(free)}, ${free.unjudged} not judged`),
  ];
}

function layersText(result: ProbeResult, paint: Paint): string {
  const { measure, chance, best, selectivity, folds, rows, groups, warnings } = result;
  const lines = result.layers.map(({ layer, score, shuffled, shuffledSpread }) => [
    String(layer),
    score.toFixed(3),
    `${shuffled.toFixed(3)} ± ${shuffledSpread.toFixed(3)}`,
  ]);
  const heading = `${measure} held out by group: ${rows} rows, ${groups} groups, ${folds} folds; best layer ${best}, ${selectivity.toFixed(3)} above shuffled labels; chance ${chance.toFixed(2)}\n`;
  const columns = [{ title: 'layer', align: 'right' as const }, { title: measure }, { title: 'shuffled labels' }];
  const notes = warnings.map((warning) => `note: ${warningWords[warning]}\n`).join('');
  return `${heading}${tableLines(columns, lines, paint)}${notes}`;
}

const warningWords: Record<ProbeResult['warnings'][number], string> = {
  duplicatesGrouped: 'rows of the same text stood in different groups and were put together.',
  fewGroups: 'few groups: the figures move much from one split to the next.',
  unbalanced: 'one class has many times the rows of another.',
  length: 'the length of the text alone tells much of the label.',
};
