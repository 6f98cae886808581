/** `prompt-lens embeddings FILE…`: the states of chosen tokens at one layer, drawn in two dimensions. */
import type { Command } from 'commander';
import {
  type EmbeddingsParams,
  type EmbeddingsResult,
  embeddingsFlags,
  type ProjectionMethod,
} from '../../analysis/embeddings/contract';
import type { Given } from '../../analysis/options';
import { patternOf } from '../../protocol/pattern';
import { ProblemError } from '../../protocol/problem';
import { addContractOptions } from '../contractOptions';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { probeDirection } from '../probeDirection';
import { readTexts } from '../readTexts';
import { runPlain, type Session } from '../runCommand';
import { addTableOptions, type TableOptions } from '../tables';
import { count, type Paint, tableLines, visible } from '../terminalText';

/** The layer of the basis has no default value, so that it can be refused where it has no meaning. */
type Options = CommonOptions &
  TableOptions &
  Omit<Given<ReturnType<typeof embeddingsFlags>>, 'basisLayer'> & { basisLayer?: number };

export function addEmbeddings(program: Command, environment: Environment): void {
  const command = program
    .command('embeddings')
    .summary('draw chosen tokens as points, by their vectors')
    .description(
      'Draw the states of tokens at one layer in two dimensions. A .csv or .tsv is read as a list of texts, with an optional column of groups.',
    )
    .argument('<files...>', 'prompt files, lists or tables, or - for standard input');
  addContractOptions(command, embeddingsFlags());
  addCommonOptions(addPromptOptions(addTableOptions(command))).action(async (files: string[], options: Options) => {
    checkUsage(options);
    const texts = await readTexts(environment, files, options);
    return runPlain(environment, 'embeddings', options, async (session) => {
      const params = { texts, ...(await pictureOf(environment, session, options)) };
      const asked = { ...params, shown: texts.length === 1 ? texts[0].input : null };
      const { prompt, runMs, result } = await session.engine.request('embeddings', asked, {
        onProgress: session.progress,
      });
      const plane = planeOf(result, (source) => texts[source].name);
      return {
        prompt,
        runMs,
        result: plane,
        sheet: sheetOf(plane),
        text: textOf(plane, result, params, session.paint),
      };
    });
  });
}

/** Throws `usage`, and `patternInvalid` before a model is loaded for the pattern. */
function checkUsage({ last, select, around, method, basis, basisLayer, axis }: Options): void {
  const wrong = [
    last && select !== undefined && '--last excludes --select.',
    around && select === undefined && '--around needs --select.',
    basisLayer !== undefined && basis !== 'frozen' && '--basis-layer needs --basis frozen.',
    method !== 'pca' && basis === 'frozen' && '--basis frozen is for --method pca: the others have no axes.',
    method !== 'pca' && axis !== undefined && '--axis is for --method pca: the others have no axes.',
  ].find((sentence) => typeof sentence === 'string');
  if (wrong) throw new ProblemError('usage', [wrong]);
  if (select !== undefined) patternOf(select);
}

async function pictureOf(
  environment: Environment,
  session: Session,
  options: Options,
): Promise<Omit<EmbeddingsParams, 'texts'>> {
  const { method, basis, axis, seed } = options;
  const layer = options.layer ?? session.model.layers;
  return {
    at: placesOf(options),
    ...{ method, layers: [layer], basis, seed },
    basisLayer: options.basisLayer ?? 0,
    leaveOutMassive: options.leaveOutMassive === true,
    axis: axis === undefined ? null : await axisOf(environment, session, axis, layer),
  };
}

/** The direction of the axis; a truth probe gives its direction at the layer that is drawn. */
async function axisOf(environment: Environment, session: Session, path: string, layer: number): Promise<number[]> {
  const { direction } = await probeDirection(environment, session, path, layer);
  if (direction.length !== session.model.width) throw new ProblemError('probeOtherModel', [path, session.model.name]);
  return direction;
}

function placesOf({ select, last, around }: Options): EmbeddingsParams['at'] {
  if (select !== undefined) return { kind: 'pattern', pattern: select, ...(around ? { around } : {}) };
  return { kind: last ? 'last' : 'tokens' };
}

interface Plane {
  layer: number;
  method: ProjectionMethod;
  variance: [number, number] | null;
  points: { file: string; position: number; text: string; group: string | null; x: number; y: number }[];
}

/** The drawn points, without those that were left out. */
function planeOf({ method, points, layers: [drawn] }: EmbeddingsResult, nameOf: (source: number) => string): Plane {
  return {
    layer: drawn.layer,
    method,
    variance: drawn.variance,
    points: drawn.x.map((x, index) => {
      const { source, position, text, group } = points[index];
      return { file: nameOf(source), position, text, group, x, y: drawn.y[index] };
    }),
  };
}

function sheetOf({ points }: Plane): Sheet {
  return {
    figure: { kind: 'points', x: 'x', y: 'y', label: 'text', group: 'group' },
    columns: ['file', 'positionFrom1', 'text', 'group', 'x', 'y'],
    rows: points.map(({ file, position, text, group, x, y }) => [file, position + 1, text, group, x, y]),
  };
}

function textOf(
  { layer, variance, points }: Plane,
  { points: all, layers, found }: EmbeddingsResult,
  { basis, basisLayer }: Pick<EmbeddingsParams, 'basis' | 'basisLayer'>,
  paint: Paint,
): string {
  const { separation } = layers[0];
  const share = variance
    ? `, ${variance.map((part) => `${(part * 100).toFixed(0)} %`).join(' + ')} of the variance`
    : '';
  const axes = basis === 'frozen' ? ` on the axes of layer ${basisLayer}` : '';
  const lines = [`layer ${layer}${axes}, ${count(points.length)} points${share}`];
  const out = all.filter(({ leftOut }) => leftOut);
  if (out.length > 0) lines.push(`left out, many times as long: ${out.map(({ text }) => visible(text)).join(' ')}`);
  if (found > all.length) lines.push(`${count(found)} tokens fit; the first ${count(all.length)} are drawn`);
  if (separation) {
    const { within, across, neighbours, chance } = separation;
    lines.push(`cosine within groups ${within.toFixed(3)}, across ${across.toFixed(3)}`);
    lines.push(`nearest neighbours of the own group ${neighbours.toFixed(2)}, by chance ${chance.toFixed(2)}`);
  }
  const columns = [
    { title: 'file' },
    { title: 'position', align: 'right' as const },
    { title: 'text' },
    { title: 'x', align: 'right' as const },
    { title: 'y', align: 'right' as const },
  ];
  const rows = points.map(({ file, position, text, x, y }) => [
    file,
    String(position + 1),
    visible(text),
    x.toFixed(2),
    y.toFixed(2),
  ]);
  return `${lines.map((line) => `${line}\n`).join('')}${tableLines(columns, rows, paint)}`;
}
