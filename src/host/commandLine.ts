/** The commands that reproduce what the panel shows. Pure. */

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
import { endingOf, type PromptKind } from '../document/formats';
import { isTableName, promptKind } from '../document/promptKind';
import type { EngineOptions, Range } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { Selection } from '../protocol/view';
import { wantedBy } from './session/wanted';
import { type ReadText, type Shell, shellLines, type Word } from './shellLines';

export interface CommandLineRequest {
  /** The command that starts the command line: its name, or `node` and a path that the shell finds. */
  program: readonly string[];
  /** The text on show. */
  file: ReadText;
  /** The format in which the text is read as a prompt. */
  format: PromptKind;
  /** The line that is shown of a file whose lines are prompts, from 1. */
  line?: number | null;
  /** Which of several prompts in the file is shown, as `--prompt` has it; null for the first. */
  prompt?: string | null;
  /** True for a table, whose rows are read where the analysis can use them. */
  rows: boolean;
  intent: Intent;
  selection: Selection;
  /** UTF-16 ranges of `file` that are units when the unit is "selection". */
  units: readonly Range[];
  engine: Pick<EngineOptions, 'model' | 'provider' | 'precision' | 'threads'>;
  /** Candidates for each position. */
  top: number;
  /** Patching's second prompt, read like the first one; null while none is chosen. */
  second: ReadText | null;
  /** The Embeddings tab's plan, and for `source` = open the other texts; null for a text that the tab cannot read. */
  plan: EmbeddingsPlan | null;
  others: readonly ReadText[];
  /** File of a probe whose direction is an axis; null without one. */
  axis: string | null;
  /** The values that the user gave the file's variables. */
  variables: Readonly<Record<string, string>>;
  /** The prompt ends with an assistant message that is left open. */
  continueLast: boolean;
  /** False where the ranking is shown without its deletion curves. */
  curves?: boolean;
  /** Number of the model's blocks, which decides the layer that is shown when none was chosen. */
  blocks: number;
}

/**
 * A line such as `prompt-lens saliency prompt.txt --by word`, with only those options that differ from the command line's defaults; several
 * lines where several commands are needed. @throws ProblemError `noSecondPrompt` where there is no prompt to patch from; nothing else is
 * refused.
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

/** The analyses that are computed or, where the tab waits for a choice, the one that would be. */
function shownBy(intent: Intent): Analysis[] {
  const { section = null } = intent[intent.tab] as { section?: string };
  const wanted = wantedBy(intent);
  return wanted.length > 0 ? wanted : [analysisOf(intent.tab, section)];
}

/** The parts of an analysis's command that are not choices with a flag's name. */
interface Copied<A extends Analysis> {
  /** Values that replace the choice of the same name, or stand in for a missing one; null = left out. */
  values?: (request: CommandLineRequest) => Partial<CommandValues<A>>;
  /** Further files to read. */
  files?: (request: CommandLineRequest) => Word[];
  /** How the files are read; without it, as prompts. */
  reading?: (request: CommandLineRequest) => string[];
}

/** `more`: options that no choice of the panel sets. */
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

/** The target and the choices of the analysis's tab: its own choices stand in the tab's values, or in a group with the analysis's name. */
function chosenValues(analysis: Analysis, intent: Intent): Record<string, unknown> {
  const { text, span, contrast } = intent.target;
  const choices: Record<string, unknown> = intent[contracts[analysis].tab];
  return { ...choices, ...Object(choices[analysis]), target: span ? null : text, at: span, contrast };
}

const copied: { [A in Analysis]?: Copied<A> } = {
  probabilities: { values: ({ top }) => ({ top }) },
  attention: {
    // The chosen head, or else the one that is drawn.
    values: ({ selection: { layer, head, drawnLayer, drawnHead } }) => {
      const place = { layer: layer ?? drawnLayer ?? null, head: head ?? drawnHead ?? null };
      return place.layer === null || place.head === null ? {} : place;
    },
  },
  saliency: {
    values: ({ intent: { saliency }, units, curves = true }) => ({
      by: unitChoice(saliency, units),
      faithfulness: curves,
      ...(saliency.methods.length === 0 ? { methods: undefined } : {}),
    }),
  },
  layers: {
    // The column on show: a locked token's, or else the one before the target, for which alone a line is printed.
    values: ({ intent: { target }, selection: { locked } }) => ({
      position: target.span || locked === null ? null : locked + 1,
    }),
  },
  patching: {
    // The panel holds the second prompt's text, while the command reads its file.
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
    // Reads the rows of a table and the sentences of any other text.
    reading: (request) => (request.rows ? rowsWords(request.file) : filledWords(request)),
  },
  answer: { values: () => ({ answer: true }) },
  probe: {
    // The command line's automatic choice would train a truth probe on true and false.
    values: ({ intent: { lie } }) => ({ task: lie.task === 'auto' ? 'layers' : lie.task }),
    reading: () => [],
  },
};

function secondOf({ second }: CommandLineRequest): ReadText {
  if (second === null) throw new ProblemError('noSecondPrompt');
  return second;
}

/** How a prompt is read, where the file names do not tell. `others`: texts that are read in the same way. */
function promptWords(request: CommandLineRequest, others: readonly ReadText[] = []): string[] {
  return [...filledWords(request, others), ...(request.continueLast ? ['--continue'] : [])];
}

/** The format, and the values that the user gave the file's variables. */
function filledWords(
  { file, format, variables, line, prompt }: CommandLineRequest,
  others: readonly ReadText[] = [],
): string[] {
  const values = Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}=${value}`]);
  const place = line ? ['--line', String(line)] : prompt ? ['--prompt', prompt] : [];
  return [...formatWords([file, ...others], format), ...place, ...values];
}

function formatWords(reads: readonly ReadText[], format: PromptKind): string[] {
  if (reads.every((read) => formatOf(read) === format)) return [];
  return format === 'raw' ? ['--raw'] : ['--format', endingOf(format)];
}

/** The format that the command line itself assumes; null = a table. */
function formatOf(read: ReadText): PromptKind | null {
  if ('text' in read) return 'raw';
  return isTableName(read.path) ? null : promptKind(read.path);
}

const rowsWords = (file: ReadText): string[] => (formatOf(file) === null ? [] : ['--format', 'csv']);

/** The plot's plan; every token of a text where the plan is unknown. */
function plotted({ plan, rows }: CommandLineRequest): Pick<EmbeddingsPlan, 'source' | 'at' | 'pattern' | 'template'> {
  return plan ?? { source: rows ? 'table' : 'prompt', at: 'tokens', pattern: '', template: '' };
}

function embeddingsValues(request: CommandLineRequest): Partial<CommandValues<'embeddings'>> {
  const { axis, blocks } = request;
  const { source, at, pattern, template } = plotted(request);
  const { method, basis, basisLayer, layer, seed } = request.intent.embeddings;
  // Only PCA takes its axes from another layer or a probe; only the other methods start from a random state.
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
  const { file } = request;
  const read: Record<EmbeddingsPlan['source'], () => string[]> = {
    prompt: () => promptWords(request),
    open: () => filledWords(request),
    lines: () => [],
    table: () => rowsWords(file),
  };
  return read[plotted(request).source]();
}

/** A third of the way up, contexts have had their effect, but the next word does not yet dominate. */
function defaultLayer(blocks: number): number {
  return Math.round(blocks / 3);
}

/** The units that the command line removes together; its default where nothing was selected and no pattern was typed. */
function unitChoice(
  { by, pattern }: Intent['saliency'],
  units: readonly Range[],
): CommandValues<'saliency'>['by'] | undefined {
  if (by === 'match') return pattern === '' ? undefined : { by, pattern: expression(pattern), selection: [] };
  if (by !== 'selection') return { by, pattern: null, selection: [] };
  const selection = units.filter(([start, end]) => end > start);
  return selection.length > 0 ? { by, pattern: null, selection } : undefined;
}

/** The commands after steering: a layer probe is first trained to a file that holds its direction, then the texts are written. */
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

/** Puts the pattern between slashes, by which the command line tells an expression from a kind of unit. */
function expression(pattern: string): string {
  return /^\/.+\/[a-z]*$/s.test(pattern) ? pattern : `/${pattern}/`;
}
