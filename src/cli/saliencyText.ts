/** The text that `saliency` prints for people: scores of every method side by side, how far each can be believed, how far they agree. */
import type { SaliencyMethod, SaliencyWarning } from '../analysis/saliency/contract';
import type { Unit } from '../analysis/shared/contract';
import type { Prompt } from '../protocol/model';
import type { PrintedMethod, PrintedSaliency } from './commands/saliency';
import { targetLine } from './targetOptions';
import { type Column, clipped, count, type Paint, probabilityText, signedBar, tableLines } from './terminalText';
import { positions, unitText } from './unitText';

export type Lane = [SaliencyMethod, PrintedMethod];

/** The lane that is drawn: the first method that gave something. */
export const drawnLane = (lanes: readonly Lane[]): Lane =>
  lanes.find(([, { scores }]) => scores.some((score) => score !== null)) ?? lanes[0];

/** `unscored`: indices of the units that the operator cannot remove. */
export function saliencyText(
  prompt: Prompt,
  result: PrintedSaliency,
  unscored: readonly number[],
  paint: Paint,
): string {
  const { target, units, agreement } = result;
  const lanes = Object.entries(result.methods) as Lane[];
  const notes = [
    ...lanes.flatMap(([method, { note }]) => (note === null ? [] : [`${method}: ${note}`])),
    ...unscoredNote(prompt, units, unscored, lanes, paint),
    ...result.warnings.map((warning) => warningText(warning, units, paint)),
  ];
  const belief = beliefLines(result, lanes, paint);
  return [
    targetLine(target, paint, true),
    scoresTable(prompt, units, lanes, paint),
    belief === '' ? '' : `\n${belief}`,
    lanes.length > 1 ? `\n${agreementTable(lanes, agreement, paint)}` : '',
    notes.length > 0 ? '\n' : '',
    ...notes.map((note) => `${paint('yellow', `  ${note}`)}\n`),
  ].join('');
}

function scoresTable(prompt: Prompt, units: readonly Unit[], lanes: readonly Lane[], paint: Paint): string {
  const [first, { scores: drawn }] = drawnLane(lanes);
  const columns: Column[] = [
    { title: 'positions', align: 'right' },
    { title: 'text' },
    ...lanes.map(([method]): Column => ({ title: method, align: 'right' })),
    { title: `${first}, against | for` },
  ];
  const largest = Math.max(0, ...drawn.map((score) => Math.abs(score ?? 0)));
  const rows = units.map((unit, index) => [
    positions(unit),
    clipped(unitText(prompt, unit), 30),
    ...lanes.map(([, { scores }]) => significant(scores[index])),
    drawn[index] === null ? '' : signedBar(drawn[index], largest, 12, paint),
  ]);
  return tableLines(columns, rows, paint);
}

function beliefLines({ random }: PrintedSaliency, lanes: readonly Lane[], paint: Paint): string {
  const judged = lanes.filter(([, { area }]) => area !== null);
  if (!random || judged.length === 0) return '';
  const columns: Column[] = [{ title: 'order of removal' }, { title: 'nats', align: 'right' }, { title: '' }];
  const rows = judged.map(([method, { area }]) => {
    const below = (area ?? 0) < random.mean - random.spread;
    return [
      `${method}, highest score first`,
      numberOr(area, 2),
      below ? paint('green', 'below chance') : 'no better than chance',
    ];
  });
  const chance = [
    `${count(random.area.length)} random orders`,
    `${random.mean.toFixed(2)} ± ${random.spread.toFixed(2)}`,
    '',
  ];
  const title = paint('dim', '  the target in nats, on average while units are removed: low is good');
  return `${title}\n${tableLines(columns, [...rows, chance], paint)}`;
}

function agreementTable(lanes: readonly Lane[], agreement: PrintedSaliency['agreement'], paint: Paint): string {
  const columns: Column[] = [
    { title: 'rank correlation' },
    ...lanes.map(([method]): Column => ({ title: method, align: 'right' })),
  ];
  const rows = lanes.map(([a]) => [a, ...lanes.map(([b]) => (a === b ? '' : numberOr(agreement[a]?.[b] ?? null, 2)))]);
  return tableLines(columns, rows, paint);
}

/** Each method has its own scale. */
const significant = (value: number | null): string => (value === null ? '–' : value.toPrecision(3));

const numberOr = (value: number | null, digits: number): string => (value === null ? '–' : value.toFixed(digits));

/** Explains why occlusion has no score for a unit. */
function unscoredNote(
  prompt: Prompt,
  units: readonly Unit[],
  [inside]: readonly number[],
  lanes: readonly Lane[],
  paint: Paint,
): string[] {
  if (inside === undefined || lanes.every(([method]) => method !== 'occlusion')) return [];
  const shown = clipped(unitText(prompt, units[inside]), 24);
  return [
    `–  the whole target is read from inside “${shown}”; ${paint('flag', '--operator')} delete or ${paint('flag', '--operator')} replace gives it a score by occlusion`,
  ];
}

function warningText(warning: SaliencyWarning, units: readonly Unit[], paint: Paint): string {
  switch (warning.kind) {
    case 'repeated': {
      const text = clipped(units[warning.units[0]].text.trim(), 24);
      return `“${text}” stands here ${count(warning.units.length)} times: each copy can stand in for the others`;
    }
    case 'saturated':
      return `the target has probability ${probabilityText(warning.probability, paint)}: taking one part away hardly moves it`;
    case 'coarser':
      return `cut by ${warning.used} instead of ${warning.asked}`;
    case 'fewerSteps':
      return `curves have ${warning.used} steps instead of ${warning.asked}`;
    case 'fewerPoints':
      return `integrated gradients take ${warning.used} points instead of ${warning.asked}`;
  }
}
