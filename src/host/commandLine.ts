/** The commands that reproduce what the panel shows. Pure; used by commands/copyCommandLine.ts. */

import {
  type Analysis,
  analysisOf,
  type CommandValues,
  commandOf,
  commandOptions,
  contracts,
} from '../analysis/contracts';
import type { EmbeddingsPlan } from '../analysis/embeddings/contract';
import { generateFlags } from '../analysis/generate/contract';
import type { Options } from '../analysis/options';
import type { Intent } from '../analysis/panel';
import { engineFlags } from '../analysis/shared/contract';
import { wordsOf } from '../analysis/spelling';
import { wordExpression } from '../document/commonWord';
import { endingOf, isTableName, type PromptKind, promptKind } from '../document/promptKind';
import type { EngineOptions, Range } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { Selection } from '../protocol/view';
import { wantedBy } from './session/wanted';
import { type ReadText, type Shell, shellLines, type Word } from './shellLines';

export interface CommandLineRequest {
  /** What runs the command line: its name, or `node` and a path that the shell finds. */
  program: readonly string[];
  /** The text that is shown. */
  file: ReadText;
  /** The format that it is read in as a prompt. */
  format: PromptKind;
  /** Where a table is of use its rows are read. */
  rows: boolean;
  intent: Intent;
  selection: Selection;
  /** UTF-16 ranges of `file` that are units when the unit is "selection". */
  units: readonly Range[];
  engine: Pick<EngineOptions, 'model' | 'provider' | 'precision' | 'threads'>;
  /** Candidates for each position. */
  top: number;
  /** Patching's second prompt, read as the first one is; null while none is chosen. */
  second: ReadText | null;
  /** What the Embeddings tab plots, and for `source` = open the other texts; null for a text that it cannot read. */
  plan: EmbeddingsPlan | null;
  others: readonly ReadText[];
  /** File of a probe whose direction is an axis; null without one. */
  axis: string | null;
  /** The prompt ends with a message of the assistant that stays open. */
  continueLast: boolean;
  /** Blocks of the model, for the layer that is shown when none was chosen. */
  blocks: number;
}

/**
 * `prompt-lens saliency prompt.txt --by word`, with only those options that differ from the command line's own; several lines where it
 * takes several commands. @throws ProblemError `noSecondPrompt`, where there is nothing to patch from; nothing else is refused.
 */
export function commandLine(request: CommandLineRequest, shell: Shell): string {
  const { intent } = request;
  const own = wordsOf(engineFlags(), { ...request.engine });
  const steered = intent.tab === 'lie' && intent.lie.steer.text !== '';
  const commands = steered
    ? steeredCommands(request)
    : shownBy(intent).map((analysis) => commandFor(analysis, request));
  return shellLines(
    request.program,
    commands.map((words) => [...words, ...own]),
    shell,
  );
}

/** What is computed, and where it waits for something what would be. */
function shownBy(intent: Intent): Analysis[] {
  const { section = null } = intent[intent.tab] as { section?: string };
  const wanted = wantedBy(intent);
  return wanted.length > 0 ? wanted : [analysisOf(intent.tab, section)];
}

/** What an analysis says beyond the choices that have a flag's name. */
interface Copied<A extends Analysis> {
  /** In place of the choice of the same name, or where there is none; null = not said. */
  values?: (request: CommandLineRequest) => Partial<CommandValues<A>>;
  /** What else is read. */
  files?: (request: CommandLineRequest) => Word[];
  /** How the files are read; without it as a prompt. */
  reading?: (request: CommandLineRequest) => string[];
}

/** `more`: of options that no choice of the panel sets. */
function commandFor<A extends Analysis>(
  analysis: A,
  request: CommandLineRequest,
  more: Partial<CommandValues<A>> = {},
): Word[] {
  const { values, files, reading = promptWords }: Copied<A> = copied[analysis] ?? {};
  const command = commandOf[analysis];
  const options: Options = commandOptions()[command];
  const given = { ...chosenValues(analysis, request.intent), ...values?.(request), ...more };
  return [
    ...[...command.split(' '), request.file, ...(files?.(request) ?? [])],
    ...wordsOf(options, given),
    ...reading(request),
  ];
}

/** The target, and the choices of the analysis' tab: its own stand in it, or in a group of the analysis' name. */
function chosenValues(analysis: Analysis, intent: Intent): Record<string, unknown> {
  const { text, span, contrast } = intent.target;
  const choices: Record<string, unknown> = intent[contracts[analysis].tab];
  return { ...choices, ...Object(choices[analysis]), target: span ? null : text, at: span, contrast };
}

const copied: { [A in Analysis]?: Copied<A> } = {
  probabilities: { values: ({ top }) => ({ top }) },
  attention: {
    // The chosen head, else the one that is drawn.
    values: ({ selection: { layer, head, drawnLayer, drawnHead } }) => {
      const place = { layer: layer ?? drawnLayer ?? null, head: head ?? drawnHead ?? null };
      return place.layer === null || place.head === null ? {} : place;
    },
  },
  saliency: {
    values: ({ intent: { saliency }, units }) => ({
      by: unitChoice(saliency, units),
      ...(saliency.methods.length === 0 ? { methods: undefined } : {}),
    }),
  },
  layers: {
    // The column that is looked at: a locked token's, else the one before the target, whose line alone is printed.
    values: ({ intent: { target }, selection: { locked } }) => ({
      position: target.span || locked === null ? null : locked + 1,
    }),
  },
  patching: {
    // The panel holds the second prompt's text, the command reads its file.
    values: () => ({ from: null }),
    files: (request) => ['--from', secondOf(request)],
    reading: (request) => promptWords(request, [secondOf(request)]),
  },
  embeddings: {
    values: embeddingsValues,
    files: ({ plan, others }) => (plan?.source === 'open' ? [...others] : []),
    reading: embeddingsReading,
  },
  lie: {
    values: ({ rows }) => ({ sentences: !rows }),
    // The rows of a table, the sentences of everything else.
    reading: ({ rows, file, format }) => (rows ? rowsWords(file) : formatWords([file], format)),
  },
  answer: { values: () => ({ answer: true }) },
  probe: {
    // Automatic on the command line would train a truth probe on true and false.
    values: ({ intent: { lie } }) => ({ task: lie.task === 'auto' ? 'layers' : lie.task }),
    reading: () => [],
  },
};

function secondOf({ second }: CommandLineRequest): ReadText {
  if (second === null) throw new ProblemError('noSecondPrompt');
  return second;
}

/** How a prompt is read, where the names of the files do not say it. `others`: what is read in the same way. */
function promptWords({ file, format, continueLast }: CommandLineRequest, others: readonly ReadText[] = []): string[] {
  return [...formatWords([file, ...others], format), ...(continueLast ? ['--continue'] : [])];
}

function formatWords(reads: readonly ReadText[], format: PromptKind): string[] {
  if (reads.every((read) => formatOf(read) === format)) return [];
  return format === 'raw' ? ['--raw'] : ['--format', endingOf[format]];
}

/** What the command line takes it for by itself; null = for a table. */
function formatOf(read: ReadText): PromptKind | null {
  if ('text' in read) return 'raw';
  return isTableName(read.path) ? null : promptKind(read.path);
}

const rowsWords = (file: ReadText): string[] => (formatOf(file) === null ? [] : ['--format', 'csv']);

/** What is plotted; every token of a text where that is not known. */
function plotted({ plan, rows }: CommandLineRequest): Pick<EmbeddingsPlan, 'source' | 'at' | 'pattern' | 'template'> {
  return plan ?? { source: rows ? 'table' : 'prompt', at: 'tokens', pattern: '', template: '' };
}

function embeddingsValues(request: CommandLineRequest): Partial<CommandValues<'embeddings'>> {
  const { axis, blocks } = request;
  const { source, at, pattern, template } = plotted(request);
  const { method, basis, basisLayer, layer, seed } = request.intent.embeddings;
  // Only its axes can be another layer's, or a probe's; only the others begin with chance.
  const axes =
    method === 'pca'
      ? { axis, basis, basisLayer: basis === 'frozen' ? Math.min(basisLayer, blocks) : undefined, seed: undefined }
      : { axis: null, basis: undefined, basisLayer: undefined, seed };
  return {
    layer: Math.min(layer ?? defaultLayer(blocks), blocks),
    ...axes,
    lines: source === 'lines',
    template: template === '' ? null : template,
    select: at === 'pattern' ? wordExpression(pattern) : null,
    around: at === 'pattern' && source === 'lines',
    last: at === 'last',
  };
}

function embeddingsReading(request: CommandLineRequest): string[] {
  const { file, format } = request;
  const read: Record<EmbeddingsPlan['source'], () => string[]> = {
    prompt: () => promptWords(request),
    open: () => formatWords([file], format),
    lines: () => [],
    table: () => rowsWords(file),
  };
  return read[plotted(request).source]();
}

/** A third of the way up: contexts have had their say, the next word has not. */
function defaultLayer(blocks: number): number {
  return Math.round(blocks / 3);
}

/** What the command line takes away together; its own usual where nothing was selected and no pattern typed. */
function unitChoice(
  { by, pattern }: Intent['saliency'],
  units: readonly Range[],
): CommandValues<'saliency'>['by'] | undefined {
  if (by === 'match') return pattern === '' ? undefined : { by, pattern: expression(pattern), selection: [] };
  if (by !== 'selection') return { by, pattern: null, selection: [] };
  const selection = units.filter(([start, end]) => end > start);
  return selection.length > 0 ? { by, pattern: null, selection } : undefined;
}

/** Somebody steered: the layer probe is trained to a file that has its direction, then the texts are written. */
function steeredCommands(request: CommandLineRequest): Word[][] {
  const { lie } = request.intent;
  const { text, strength, layer, tokens } = lie.steer;
  const truth = lie.section !== 'probe';
  const steer = truth ? (lie.probe ?? 'truth') : probeFile(request.file);
  const alone = { text, maxTokens: tokens };
  const steered = { ...alone, steer, steerLayer: layer, strength };
  const texts = strength === 0 ? [alone] : [alone, steered, { ...steered, steerControl: true }];
  const trained = truth ? [] : [commandFor('probe', request, { output: steer })];
  return [...trained, ...texts.map((values) => ['generate', ...wordsOf(generateFlags(), values)])];
}

function probeFile(file: ReadText): string {
  const path = 'path' in file ? file.path.replace(/\.(?:csv|tsv|tab)$/i, '') : 'table';
  return `${path.startsWith('-') ? './' : ''}${path}.probe.json`;
}

/** Between slashes, as the command line tells an expression from a kind of unit. */
function expression(pattern: string): string {
  return /^\/.+\/[a-z]*$/s.test(pattern) ? pattern : `/${pattern}/`;
}
