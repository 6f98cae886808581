/** `prompt-lens truth FILE`: the truth probe's reading of each statement of a text, or of the model's own answer to it. */
import type { Command } from 'commander';
import type { GeneratedStep } from '../../analysis/generate/contract';
import type { Given } from '../../analysis/options';
import {
  type Agreement,
  agreementOf,
  contradicts,
  type JudgedStatement,
  type ModelAnswer,
  type ProbeCard,
  type TruthResult,
  truthFlags,
  unsureBetween,
} from '../../analysis/truth/contract';
import { answerOptions, answerQuestion, ownAnswer } from '../../document/ownAnswer';
import { type FoundStatement, rowStatements, sentenceStatements } from '../../document/sentences';
import { lines } from '../../document/table';
import type { PromptInput } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import { addContractOptions } from '../contractOptions';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { isTable, readPrompt, readText, standardInput } from '../readPrompt';
import { refusePromptOptions } from '../readTexts';
import { type Outcome, runPlain, type Session } from '../runCommand';
import { addTableOptions, readTable, type TableOptions, tellReading } from '../tables';
import { count, harmless, type Paint, tableLines } from '../terminalText';
import { doubtWords, promiseLine } from '../truthText';

type Options = CommonOptions & TableOptions & Given<ReturnType<typeof truthFlags>>;

const marks = { true: '▲ looks true', false: '▽ looks false', unsure: '– can’t tell' };

export function addTruth(program: Command, environment: Environment): void {
  const command = program
    .command('truth')
    .summary('judge whether statements look true to the model')
    .description(
      'Judge statements, one a line or one a row of a table: does each look true to this model? The probe reads no intent and checks no facts.',
    )
    .argument('<file>', 'statements, one a line or one a row of a table, or - for standard input');
  addContractOptions(command, truthFlags());
  addCommonOptions(addPromptOptions(addTableOptions(command))).action((file: string, options: Options) =>
    options.answer ? judgeAnswer(environment, file, options) : judgeText(environment, file, options),
  );
}

async function judgeText(environment: Environment, file: string, options: Options): Promise<void> {
  const statements = await statementsIn(environment, file, options);
  const name = file === '-' ? standardInput : file;
  if (statements.length === 0) throw new ProblemError(options.sentences ? 'noStatements' : 'emptyPrompt', [name]);
  return runPlain(environment, 'truth', options, (session) => judged(session, statements, options, null));
}

async function statementsIn(environment: Environment, file: string, options: Options): Promise<FoundStatement[]> {
  if (options.sentences) return sentenceStatements(await readPrompt(environment, file, options)).statements;
  refusePromptOptions(options);
  if (!isTable(file, options))
    return lines(await readText(environment, file)).map((line) => ({ ...line, label: null }));
  const { table, text } = await readTable(environment, file, options);
  const { statements, reading } = rowStatements(table, text);
  tellReading(environment, file, reading);
  return statements;
}

async function judgeAnswer(environment: Environment, file: string, options: Options): Promise<void> {
  if (options.sentences) throw new ProblemError('usage', ['--answer excludes --sentences.']);
  const input = await readPrompt(environment, file, options);
  return runPlain(environment, 'truth', options, async (session) => {
    const question = answerQuestion(input);
    const steps: GeneratedStep[] = [];
    const onProgress = (step: GeneratedStep) => {
      steps.push(step);
      session.progress({ stage: 'running', done: steps.length, total: answerOptions.maxTokens, unit: 'tokens' });
    };
    const asked = { prompt: question.prompt, options: answerOptions };
    const { result, runMs } = await session.engine.request('generate', asked, { onProgress });
    const { answer, statements } = ownAnswer(question, steps, result);
    if (statements.length === 0) throw new ProblemError('noStatements', [answer.text.trim().slice(0, 80) || file]);
    const outcome = await judged(session, statements, options, { answer, input });
    return { ...outcome, runMs: outcome.runMs + runMs };
  });
}

async function judged(
  session: Session,
  found: readonly FoundStatement[],
  options: Options,
  own: { answer: ModelAnswer; input: PromptInput } | null,
): Promise<Outcome> {
  const params = {
    statements: found.map(({ text, source }) => ({ text, source })),
    probe: options.probe ?? null,
    shown: own?.input ?? null,
  };
  const { prompt, runMs, result } = await session.engine.request('truth', params, { onProgress: session.progress });
  const shown: Judged = {
    ...result,
    labels: found.map(({ label }) => label),
    agreement: agreementOf(
      result.statements,
      found.map(({ label }) => label),
    ),
    answer: own?.answer ?? null,
  };
  return {
    prompt,
    runMs,
    result: reported(shown),
    sheet: sheetOf(shown),
    text: textOf(shown, session.paint),
  };
}

interface Judged extends TruthResult {
  /** [N] labels of a table. */
  labels: (boolean | null)[];
  agreement: Agreement | null;
  answer: ModelAnswer | null;
}

function reported({ card, statements, labels, agreement, answer }: Judged) {
  return {
    probe: {
      layer: card.blocks,
      auroc: card.auroc.value,
      heldOut: heldOut(card),
      trainedOn: card.trainedOn,
      frozen: card.frozen?.auroc ?? null,
    },
    answer,
    agreement,
    statements: statements.map((statement, at) => ({
      ...statement,
      reason: reason(statement),
      label: labels[at] ?? null,
    })),
  };
}

/** The probe's accuracy on topics that it has not seen. */
export const heldOut = (card: ProbeCard) => {
  const { auroc, topicMean, topicRange, accuracy, known, affirmative, negated, baselines, negationFlip } = card;
  return {
    ...{ auroc, topicMean, topicRange, accuracy, known, affirmative, negated },
    ...{ baseline: baselines.logprob, baselines, negationFlip },
  };
};

function sheetOf({ statements, labels, answer }: Judged): Sheet {
  return {
    figure: { kind: 'bars', label: ['text'], value: 'score' },
    columns: [
      ...['text', 'verdict', 'probability', 'score', 'outside', 'reason', 'negated', 'trained', 'logprob'],
      ...['label', 'logprobAsWritten'],
    ],
    rows: statements.map((each, at) => [
      each.text,
      each.verdict,
      each.probability,
      each.score,
      each.outside,
      reason(each),
      each.negated,
      each.trained,
      each.logprob,
      labels[at] ?? null,
      answer?.statements[at] ?? null,
    ]),
  };
}

/** Why a statement is outside the probe's range; null = it is not. */
function reason({ outside, doubt }: JudgedStatement): string | null {
  if (doubt !== null) return `its negation is unclear: ${doubtWords[doubt]}`;
  return outside ? 'unlike every training statement' : null;
}

function textOf({ card, statements, labels, agreement, answer }: Judged, paint: Paint): string {
  const columns = [
    { title: 'to this model' },
    { title: 'p(true)', align: 'right' as const },
    ...(agreement ? [{ title: 'label' }] : []),
    { title: 'statement' },
  ];
  const rows = statements.map((statement, at) => {
    const { verdict, probability } = statement;
    return [
      marks[verdict],
      probability === null ? '–' : probability.toFixed(2),
      ...(agreement ? [labelText(verdict, labels[at] ?? null)] : []),
      statementText(statement, paint),
    ];
  });
  const [low, high] = unsureBetween;
  const notes = [
    `  can’t tell: between ${low} and ${high}\n`,
    agreement ? `  ${agreementText(agreement)}\n` : '',
    promiseLine(card),
  ];
  const said = answer ? answerText(answer, paint) : '';
  return `${said}${tableLines(columns, rows, paint)}${paint('dim', notes.join('').trimEnd())}\n`;
}

function labelText(verdict: JudgedStatement['verdict'], label: boolean | null): string {
  return label === null ? '' : `${label}${contradicts(verdict, label) ? ' ≠' : ''}`;
}

function statementText(statement: JudgedStatement, paint: Paint): string {
  const why = reason(statement);
  const notes = [
    why === null ? null : `outside: ${why}`,
    statement.trained ? 'the probe was trained on it' : null,
  ].filter((each) => each !== null);
  return notes.length > 0 ? `${statement.text} ${paint('dim', `(${notes.join('; ')})`)}` : statement.text;
}

function agreementText({ labelled, decided, right, interval }: Agreement): string {
  if (!interval) return 'no label meets a verdict: it can’t tell';
  const [low, high] = interval.map((share) => Math.round(share * 100));
  const open = labelled - decided;
  return `${count(right)} of ${count(decided)} verdicts agree with the labels (${low}–${high} in 100, if the statements are a sample); on ${count(open)} it can’t tell`;
}

function answerText({ text, how, finish, logprob }: ModelAnswer, paint: Paint): string {
  const given = how === 'chat' ? 'The model was asked' : 'The model goes on';
  const end = finish === 'length' ? `, cut after ${answerOptions.maxTokens} tokens` : '';
  return `${given} (mean log p ${logprob.toFixed(2)} a token${end}):\n${paint('bold', harmless(text.trim()))}\n\n`;
}
