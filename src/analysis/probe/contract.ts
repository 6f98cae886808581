/** What this analysis is asked and answers. Logarithms natural, positions from 0. */

import * as v from 'valibot';
import type { Prompt } from '../../protocol/model';
import type { Progress } from '../../protocol/request';
import type { TableReading } from '../../protocol/tableReading';
import { declared, shows } from '../declare';
import type { ValuesOf } from '../measured';
import { automatic, choice, count, file, flagged, optionalName } from '../options';

export const probeTasks = ['classes', 'number'] as const;
export type ProbeTask = (typeof probeTasks)[number];

/** How a text is put before the model: as it stands, or as the truth probe does (assistant's answer). */
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
  /** Held out: AUROC for two classes, accuracy for more, Pearson's r for numbers. */
  score: number;
  spread: number;
  /** The same with shuffled labels (a control task): mean and standard deviation. */
  shuffled: number;
  shuffledSpread: number;
}

export interface ProbeResult {
  task: ProbeTask;
  measure: 'auroc' | 'accuracy' | 'correlation';
  /** What guessing would reach. */
  chance: number;
  rows: number;
  groups: number;
  folds: number;
  layers: ProbeLayer[];
  best: number;
  /** At the best layer, over the number of rows it was trained on. */
  learning: { rows: number; score: number }[];
  /** Best score less the shuffled labels' at that layer. */
  selectivity: number;
  /** At the best layer, from class 0 to class 1 or up the numbers, in the states' own units; [D]. */
  direction: number[];
  /** Why the numbers may say less than they seem to. */
  warnings: ('duplicatesGrouped' | 'fewGroups' | 'unbalanced' | 'length')[];
}

export interface ProbeData {
  prompt: Prompt;
  result: ProbeResult;
  /** The first row's text. */
  example: string;
  /** Names of the columns that hold the labels and what is held out together, of all of the table's, in lower case. */
  labelColumn: string;
  groupColumn: string | null;
  columns: string[];
  /** The template that the texts were put into; '' = none. */
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
      /** Columns of the table; null = found by their names, groupBy '' = each row by itself. */
      label: flagged(optionalName('result'), '--label <column>', 'the column of the labels'),
      groupBy: flagged(
        optionalName('result'),
        '--group <column>',
        "what is held out together; '' = each row by itself",
      ),
      /** Where a row's text stands, as `{x}`; '' = as it is, null = a neutral one for names and words. */
      template: flagged(
        optionalName('result'),
        '--template <text>',
        "where a row's text stands, as {x}; '' = as it is",
      ),
    },
  });

export function probeTrainFlags() {
  const { label, groupBy, template, frame } = probe().options;
  return {
    output: flagged(file('drawing'), '-o, --output <probe.json>', 'write the probe'),
    frozen: flagged(
      file('result'),
      '--frozen <data.csv>',
      'statements of other topics, judged once at the end (truth probe only)',
    ),
    answers: flagged(
      file('result'),
      '--answers <facts.json>',
      'facts to end statements with: the probe judges what the model itself says',
    ),
    task: flagged(
      // truth = of statements; layers = classes or numbers; auto = as the table's columns say.
      choice(automatic(['truth', 'layers', ...probeTasks]), 'auto', 'result'),
      '--task <kind>',
      'what the labels are; layers = classes or numbers',
    ),
    folds: flagged(count(5, 'result', { least: 2, most: 100 }), '--folds <n>', 'parts that are held out in turn'),
    seed: flagged(count(1, 'result'), '--seed <n>', 'for folds and shuffled labels'),
    ...{ label, groupBy, template, frame },
  };
}

/** score, shuffled: held out at a layer, and with shuffled labels; `best` is the layer with the highest score. */
export const probeValues: ValuesOf<ProbeResult> = {
  score: ({ layers }, layer) => layers.find((each) => each.layer === Number(layer))?.score ?? null,
  shuffled: ({ layers }, layer) => layers.find((each) => each.layer === Number(layer))?.shuffled ?? null,
  best: ({ best }) => best,
  chance: ({ chance }) => chance,
  selectivity: ({ selectivity }) => selectivity,
};

/** What of a layer probe's file is used again: the direction at its best layer, and the model that it was trained on. */
const storedLayers = () =>
  v.object({
    modelSha256: v.optional(v.unknown()),
    best: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    direction: v.pipe(v.array(v.pipe(v.number(), v.finite())), v.minLength(1)),
  });

/** Of any content; null where it holds no direction. */
export function storedDirection(content: unknown): v.InferOutput<ReturnType<typeof storedLayers>> | null {
  const parsed = v.safeParse(storedLayers(), content);
  return parsed.success ? parsed.output : null;
}
