/** The requests and results of this analysis. Logarithms are natural, positions count from 0. */

import * as v from 'valibot';
import type { Prompt } from '../../protocol/model';
import type { Progress } from '../../protocol/request';
import type { TableReading } from '../../protocol/tableReading';
import { declared, shows } from '../declare';
import type { ValuesOf } from '../measured';
import { automatic, choice, count, file, flagged, optionalName } from '../options';

export const probeTasks = ['classes', 'number'] as const;
export type ProbeTask = (typeof probeTasks)[number];

/** How a text is presented to the model: as it stands, or as the truth probe does it (as the assistant's answer). */
export const probeFrames = ['plain', 'statement'] as const;

export interface ProbeRow {
  text: string;
  /** A class, or a number for the task `number`. */
  label: string;
  /** Rows of one group stay in one fold; null = each row by itself (rows of the same text always stay together). */
  group: string | null;
}

export interface ProbeParams {
  rows: ProbeRow[];
  task: ProbeTask;
  frame: (typeof probeFrames)[number];
  folds: number;
  seed: number;
}

export interface ProbeLayer {
  layer: number;
  /** On held-out rows: AUROC for two classes, accuracy for more, Pearson's r for numbers. */
  score: number;
  spread: number;
  /** The same with shuffled labels (a control task): mean and standard deviation. */
  shuffled: number;
  shuffledSpread: number;
}

export interface ProbeResult {
  task: ProbeTask;
  measure: 'auroc' | 'accuracy' | 'correlation';
  /** The score of guessing. */
  chance: number;
  rows: number;
  groups: number;
  folds: number;
  layers: ProbeLayer[];
  best: number;
  /** The learning curve at the best layer, over the number of training rows. */
  learning: { rows: number; score: number }[];
  /** The best score minus that of the shuffled labels at the same layer. */
  selectivity: number;
  /** The direction at the best layer, from class 0 to class 1 or towards larger numbers, in the states' own units; [D]. */
  direction: number[];
  /** Reasons why the numbers may mean less than they seem to. */
  warnings: ('duplicatesGrouped' | 'fewGroups' | 'unbalanced' | 'length')[];
}

export interface ProbeData {
  prompt: Prompt;
  result: ProbeResult;
  /** The first row's text. */
  example: string;
  /**
   * Names, in lower case, of the columns that hold the labels and the groups that are held out together, and of all the table's columns.
   */
  labelColumn: string;
  groupColumn: string | null;
  columns: string[];
  /** The template that the texts were inserted into; '' = none. */
  template: string;
  /** Classes by their number of rows; empty for numbers. */
  classes: { label: string; rows: number }[];
  reading: TableReading;
}

export interface ProbeRequests {
  /** Linear probes on the states of each text's last token, layer by layer, with their controls. */
  probe: { params: ProbeParams; result: { runMs: number; result: ProbeResult }; progress: Progress };
}

export const probe = () =>
  declared({
    tab: 'lie',
    section: 'probe',
    shows: shows<ProbeData>(),
    slow: true,
    targeted: false,
    readsTables: true,
    options: {
      frame: flagged(
        choice(probeFrames, 'plain', 'result'),
        '--frame <name>',
        'plain = each text by itself; statement = as if the model had said it in a chat',
        { without: null },
      ),
      task: choice(automatic(probeTasks), 'auto', 'result'),
      /** Columns of the table; null = found by their names. With groupBy '' each row stands by itself. */
      label: flagged(optionalName('result'), '--label <column>', 'the column of the labels'),
      groupBy: flagged(
        optionalName('result'),
        '--group <column>',
        "the column whose equal rows are held out together; '' = each row by itself",
      ),
      /** The text into which a row is inserted at `{x}`; '' = the row as it is, null = a neutral template for names and words. */
      template: flagged(
        optionalName('result'),
        '--template <text>',
        "a text to put each row's text into, in place of {x}; '' = none",
      ),
    },
  });

export function probeTrainFlags() {
  const { label, groupBy, template, frame } = probe().options;
  return {
    output: flagged(file('drawing'), '-o, --output <probe.json>', 'write the probe to this file'),
    frozen: flagged(
      file('result'),
      '--frozen <data.csv>',
      'statements of other topics, judged once at the end (truth probe only)',
    ),
    answers: flagged(
      file('result'),
      '--answers <facts.json>',
      "facts that the model completes itself, so that the probe judges the model's own answers",
    ),
    task: flagged(
      // truth = a probe of statements; layers = a probe of classes or numbers; auto = as the table's columns say.
      choice(automatic(['truth', 'layers', ...probeTasks]), 'auto', 'result'),
      '--task <kind>',
      'what the labels are; layers = classes or numbers, probed at every layer',
    ),
    folds: flagged(
      count(5, 'result', { least: 2, most: 100 }),
      '--folds <n>',
      'the number of parts that are held out in turn',
    ),
    seed: flagged(count(1, 'result'), '--seed <n>', 'the seed of the folds and of the shuffled labels'),
    ...{ label, groupBy, template, frame },
  };
}

/** score, shuffled: on held-out rows at a layer, and with shuffled labels; `best` is the layer with the highest score. */
export const probeValues: ValuesOf<ProbeResult> = {
  score: ({ layers }, layer) => layers.find((each) => each.layer === Number(layer))?.score ?? null,
  shuffled: ({ layers }, layer) => layers.find((each) => each.layer === Number(layer))?.shuffled ?? null,
  best: ({ best }) => best,
  chance: ({ chance }) => chance,
  selectivity: ({ selectivity }) => selectivity,
};

/** The parts of a layer probe's file that are used again: the direction at its best layer, and the model that it was trained on. */
const storedLayers = () =>
  v.object({
    modelSha256: v.optional(v.unknown()),
    best: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    direction: v.pipe(v.array(v.pipe(v.number(), v.finite())), v.minLength(1)),
  });

/** The direction in any file content; null where the content holds none. */
export function storedDirection(content: unknown): v.InferOutput<ReturnType<typeof storedLayers>> | null {
  const parsed = v.safeParse(storedLayers(), content);
  return parsed.success ? parsed.output : null;
}
