/** The commands that reproduce what the panel shows. Pure; used by commands/copyCommandLine.ts. */

import { type Analysis, analysisOf } from '../analysis/contracts';
import type { EmbeddingsPlan } from '../analysis/embeddings/contract';
import type { Intent, LieIntent } from '../analysis/panel';
import { repeatOptions } from '../analysis/repeat/contract';
import type { TargetSpec } from '../analysis/shared/contract';
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
 * `prompt-lens probabilities prompt.txt --top 10`, with only those options that differ from the command line's own; several lines where
 * it takes several commands. @throws ProblemError `noSecondPrompt`, where there is nothing to patch from; nothing else is refused.
 */
export function commandLine(request: CommandLineRequest, shell: Shell): string {
  const { engine, intent } = request;
  const own = [
    ...(engine.model === null ? [] : ['--model', engine.model]),
    ...(engine.provider === 'auto' ? [] : ['--provider', engine.provider]),
    ...(engine.precision === 'exact' ? [] : ['--precision', engine.precision]),
    ...(engine.threads > 0 ? ['--threads', String(engine.threads)] : []),
  ];
  const steered = intent.tab === 'lie' && intent.lie.steer.text !== '';
  const commands = steered
    ? steeredCommands(request)
    : shownBy(intent).flatMap((analysis) => commandsOf[analysis](request));
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

/** Of each analysis the commands that print what it shows. */
const commandsOf: Record<Analysis, (request: CommandLineRequest) => Word[][]> = {
  probabilities: (request) => [['probabilities', request.file, '--top', String(request.top), ...promptWords(request)]],
  repeat: (request) => [['repeat', request.file, ...repeatWords(request.intent), ...promptWords(request)]],
  attention: (request) => [['attention', request.file, ...headWords(request.selection), ...promptWords(request)]],
  saliency: (request) => [saliencyCommand(request)],
  layers: (request) => [['lens', request.file, ...lensWords(request), ...promptWords(request)]],
  heads: (request) => [['heads', request.file, ...targetWords(request.intent.target), ...promptWords(request)]],
  examples: (request) => [['examples', request.file, ...targetWords(request.intent.target), ...promptWords(request)]],
  patching: (request) => {
    const { second, intent } = request;
    if (second === null) throw new ProblemError('noSecondPrompt');
    return [
      ['patch', request.file, '--from', second, ...targetWords(intent.target), ...promptWords(request, [second])],
    ];
  },
  embeddings: (request) => [embeddingsCommand(request)],
  lie: (request) => [['truth', request.file, ...probeWords(request.intent.lie), ...statementWords(request)]],
  answer: (request) => [
    ['truth', request.file, '--answer', ...probeWords(request.intent.lie), ...promptWords(request)],
  ],
  probe: (request) => [['probe', 'train', request.file, ...layerProbeWords(request.intent.lie)]],
};

function repeatWords({ probabilities: { repeat } }: Intent): string[] {
  const { maxTokens, runs } = repeatOptions();
  return [
    ...(repeat.maxTokens === maxTokens.initial ? [] : ['--max-tokens', String(repeat.maxTokens)]),
    ...(repeat.runs === runs.initial ? [] : ['--runs', String(repeat.runs)]),
  ];
}

/** The chosen head, else the one that is drawn. */
function headWords(selection: Selection): string[] {
  const layer = selection.layer ?? selection.drawnLayer;
  const head = selection.head ?? selection.drawnHead;
  return layer === undefined || head === undefined ? [] : ['--layer', String(layer), '--head', String(head)];
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

/** Every token of a text. */
const wholeText = { at: 'tokens', pattern: '', template: '' } as const;

function embeddingsCommand(request: CommandLineRequest): Word[] {
  const { file, others, rows, axis, intent, blocks } = request;
  const { source, at, pattern, template } = request.plan ?? { ...wholeText, source: rows ? 'table' : 'prompt' };
  const { method, basis, basisLayer, layer, leaveOutMassive, seed } = intent.embeddings;
  const frozen = basis === 'frozen' ? ['--basis', basis, '--basis-layer', String(Math.min(basisLayer, blocks))] : [];
  const axes = axis === null ? frozen : [...frozen, ...option('--axis', axis)];
  const read: Record<EmbeddingsPlan['source'], () => string[]> = {
    prompt: () => promptWords(request),
    open: () => formatWords([file], request.format),
    lines: () => ['--lines'],
    table: () => rowsWords(file),
  };
  return [
    ...['embeddings', file, ...(source === 'open' ? others : [])],
    ...['--layer', String(Math.min(layer ?? defaultLayer(blocks), blocks))],
    ...(method === 'pca' ? axes : ['--method', method, '--seed', String(seed)]),
    ...read[source](),
    ...(template === '' ? [] : option('--template', template)),
    ...(at === 'pattern' ? option('--select', wordExpression(pattern)) : []),
    ...(at === 'pattern' && source === 'lines' ? ['--around'] : []),
    ...(at === 'last' ? ['--last'] : []),
    ...(leaveOutMassive ? ['--leave-out-massive'] : []),
  ];
}

/** A third of the way up: contexts have had their say, the next word has not. */
function defaultLayer(blocks: number): number {
  return Math.round(blocks / 3);
}

/** All methods, in the panel's order. */
function saliencyCommand(request: CommandLineRequest): Word[] {
  const { file, intent, units } = request;
  const { methods, operator, scope } = intent.saliency;
  const by = unitWords(intent.saliency, units);
  return [
    ...['saliency', file, ...(methods.length === 0 ? [] : ['--methods', methods.join(',')])],
    ...(operator === 'knockout' ? [] : ['--operator', operator]),
    ...(by === 'token' ? [] : ['--by', by]),
    ...(scope === 'all' ? [] : ['--scope', scope]),
    ...targetWords(intent.target),
    ...promptWords(request),
  ];
}

/** As `--by` takes them; the command line's own where there are none. */
function unitWords({ by, pattern }: Intent['saliency'], units: readonly Range[]): string {
  if (by === 'match' && pattern !== '') return expression(pattern);
  if (by !== 'selection') return by === 'match' ? 'token' : by;
  const stretches = units.filter(([start, end]) => end > start).map(([start, end]) => `${start + 1}-${end}`);
  return stretches.length > 0 ? stretches.join(',') : 'token';
}

/** The column that is looked at: a locked token's, else the one before the target, whose line alone is printed. */
function lensWords({ intent, selection: { locked } }: CommandLineRequest): string[] {
  const { text, span } = intent.target;
  const position = span || locked === null ? [] : ['--position', String(locked + 1)];
  return [...position, ...targetWords({ text, span })];
}

/** The rows of a table, the sentences of everything else. */
function statementWords({ file, format, rows }: CommandLineRequest): string[] {
  return rows ? rowsWords(file) : ['--sentences', ...formatWords([file], format)];
}

const probeWords = ({ probe }: LieIntent): string[] => (probe === null ? [] : option('--probe', probe));

function layerProbeWords({ task, frame, label, groupBy, template }: LieIntent): string[] {
  return [
    // Automatic on the command line would train a truth probe on true and false.
    ...['--task', task === 'auto' ? 'layers' : task],
    ...(frame === 'plain' ? [] : ['--frame', frame]),
    ...(label === null ? [] : option('--label', label)),
    ...(groupBy === null ? [] : option('--group', groupBy)),
    ...(template === null ? [] : option('--template', template)),
  ];
}

/** Somebody steered: the layer probe is trained to a file that has its direction, then the texts are written. */
function steeredCommands(request: CommandLineRequest): Word[][] {
  const { lie } = request.intent;
  const { text, strength, layer, tokens } = lie.steer;
  const truth = lie.section !== 'probe';
  const probe = truth ? (lie.probe ?? 'truth') : probeFile(request.file);
  const alone = ['generate', ...option('--text', text), '--max-tokens', String(tokens)];
  const where = layer === null ? [] : ['--steer-layer', String(layer)];
  const steered = [...alone, ...option('--steer', probe), ...where, `--strength=${strength}`];
  const pushed = strength === 0 ? [] : [steered, [...steered, '--steer-control']];
  const trained = truth ? [] : commandsOf.probe(request).map((words) => [...words, '-o', probe]);
  return [...trained, alone, ...pushed];
}

function probeFile(file: ReadText): string {
  const path = 'path' in file ? file.path.replace(/\.(?:csv|tsv|tab)$/i, '') : 'table';
  return `${path.startsWith('-') ? './' : ''}${path}.probe.json`;
}

function targetWords({ text, span, contrast }: TargetSpec): string[] {
  const [first, last] = span ? [span[0] + 1, span[1]] : [0, 0];
  return [
    ...(text === undefined || span ? [] : option('--target', text)),
    ...(span ? ['--at', first === last ? String(first) : `${first}-${last}`] : []),
    ...(contrast === undefined ? [] : option('--contrast', contrast)),
  ];
}

/** A value that begins with a dash would be read as the next option. */
function option(name: string, value: string): string[] {
  return value.startsWith('-') ? [`${name}=${value}`] : [name, value];
}

/** Between slashes, as the command line tells an expression from a kind of unit. */
function expression(pattern: string): string {
  return /^\/.+\/[a-z]*$/s.test(pattern) ? pattern : `/${pattern}/`;
}
