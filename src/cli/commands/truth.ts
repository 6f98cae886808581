/** `prompt-lens truth FILE`: what the truth probe reads from each statement, one a line. */
import type { Command } from 'commander';
import { type JudgedStatement, type ProbeCard, type TruthResult, unsureBetween } from '../../analysis/truth/contract';
import { rowStatements } from '../../document/sentences';
import { isTableName, lines } from '../../document/table';
import { ProblemError } from '../../protocol/problem';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, type CommonOptions } from '../options';
import { readText, standardInput } from '../readPrompt';
import { runPlain } from '../runCommand';
import { addTableOptions, readTable, type TableOptions, tellReading } from '../tables';
import { type Paint, tableLines } from '../terminalText';
import { doubtWords, promiseLine } from '../truthText';

interface Options extends CommonOptions, TableOptions {
  probe?: string;
}

const marks = { true: '▲ looks true', false: '▽ looks false', unsure: '– can’t tell' };

export function addTruth(program: Command, environment: Environment): void {
  const command = program
    .command('truth')
    .summary('what the truth probe reads from statements')
    .description('One statement a line: does it look true to this model? It reads no intent and checks no facts.')
    .argument('<file>', 'statements, one a line or one a row of a table, or - for standard input')
    .option('--probe <file>', 'a probe of your own (default: the one of the bundled model)');
  addCommonOptions(addTableOptions(command)).action(async (file: string, options: Options) => {
    const statements = await statementsIn(environment, file, options);
    if (statements.length === 0) throw new ProblemError('emptyPrompt', [file === '-' ? standardInput : file]);
    return runPlain(environment, 'truth', options, async (session) => {
      const params = { statements, probe: options.probe ?? null };
      const { runMs, result } = await session.engine.request('truth', params, { onProgress: session.progress });
      return {
        prompt: null,
        runMs,
        result: reported(result),
        sheet: sheetOf(result),
        text: textOf(result, session.paint),
      };
    });
  });
}

async function statementsIn(environment: Environment, file: string, options: Options) {
  if (!isTableName(file)) return lines(await readText(environment, file));
  const { table, text } = await readTable(environment, file, options);
  const { statements, reading } = rowStatements(table, text);
  tellReading(environment, file, reading);
  return statements.map(({ text: own, source }) => ({ text: own, source }));
}

function reported({ card, statements }: TruthResult) {
  return {
    probe: {
      layer: card.blocks,
      auroc: card.auroc.value,
      heldOut: heldOut(card),
      trainedOn: card.trainedOn,
      frozen: card.frozen?.auroc ?? null,
    },
    statements: statements.map((statement) => ({ ...statement, reason: reason(statement) })),
  };
}

/** What it reaches on topics that it has not seen. */
export const heldOut = (card: ProbeCard) => {
  const { auroc, topicMean, topicRange, accuracy, known, affirmative, negated, baselines, negationFlip } = card;
  return {
    ...{ auroc, topicMean, topicRange, accuracy, known, affirmative, negated },
    ...{ baseline: baselines.logprob, baselines, negationFlip },
  };
};

function sheetOf({ statements }: TruthResult): Sheet {
  return {
    figure: { kind: 'bars', label: ['text'], value: 'score' },
    columns: ['text', 'verdict', 'probability', 'score', 'outside', 'reason', 'negated', 'trained', 'logprob'],
    rows: statements.map((each) => [
      each.text,
      each.verdict,
      each.probability,
      each.score,
      each.outside,
      reason(each),
      each.negated,
      each.trained,
      each.logprob,
    ]),
  };
}

/** Why it is outside; null = it is not. */
function reason({ outside, doubt }: JudgedStatement): string | null {
  if (doubt !== null) return `its negation is not read: ${doubtWords[doubt]}`;
  return outside ? 'unlike every training statement' : null;
}

function textOf({ card, statements }: TruthResult, paint: Paint): string {
  const columns = [{ title: 'to this model' }, { title: 'p(true)', align: 'right' as const }, { title: 'statement' }];
  const rows = statements.map((statement) => {
    const { verdict, probability, trained, text } = statement;
    const why = reason(statement);
    const notes = [why === null ? null : `outside: ${why}`, trained ? 'the probe was trained on it' : null];
    const note = notes.filter((each) => each !== null).join('; ');
    return [
      marks[verdict],
      probability === null ? '–' : probability.toFixed(2),
      note ? `${text} ${paint('dim', `(${note})`)}` : text,
    ];
  });
  const [low, high] = unsureBetween;
  const limits = `  can’t tell: between ${low} and ${high}\n`;
  return `${tableLines(columns, rows, paint)}${paint('dim', `${limits}${promiseLine(card)}`.trimEnd())}\n`;
}
