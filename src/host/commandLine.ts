/**
 * The command line that reproduces what the panel shows, quoted for the shell it will be pasted into. Pure; used by
 * commands/copyCommandLine.ts.
 */

import type { EmbeddingsPlan } from '../analysis/embeddings/contract';
import type { Intent, LieIntent } from '../analysis/panel';
import type { TargetSpec } from '../analysis/shared/contract';
import { wordExpression } from '../document/commonWord';
import { type ClauseKey, clause } from '../protocol/clauses';
import type { EngineOptions } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { Selection } from '../protocol/view';

export type Shell = 'posix' | 'powershell' | 'cmd';

/** One argument as the shell must be given it to hand on exactly `text`. Line breaks survive in posix and powershell only. */
export function quoted(text: string, shell: Shell): string {
  if (/^[\w@%+=:,./-]+$/.test(text) && !(shell !== 'posix' && /[%,@]/.test(text))) return text;
  if (shell === 'posix') return `'${text.replace(/'/g, `'\\''`)}'`;
  // In single quotes PowerShell knows one escape only, and takes typographic quotes for quotes too.
  if (shell === 'powershell') return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
  // cmd expands %NAME% even inside quotes; outside of them a caret stops that.
  return `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`.replace(/%/g, '"^%"');
}

export interface CommandLineRequest {
  /** What runs the command line: `node` and a path that the shell finds. */
  program: readonly string[];
  /** Path as the shell's working folder sees it. */
  file: string;
  intent: Intent;
  selection: Selection;
  engine: Pick<EngineOptions, 'model' | 'provider' | 'precision' | 'threads'>;
  /** Candidates for each position. */
  top: number;
  /** Patching's second prompt as a path; null while none is chosen. */
  second: string | null;
  /** What the Embeddings tab plots; null while it shows nothing. */
  plan: EmbeddingsPlan | null;
  /** The file is taken as it stands, whatever its name says. */
  raw?: boolean;
  /** The prompt ends with a message of the assistant that stays open. */
  continueLast: boolean;
  /** Blocks of the model, for the layer that is shown when none was chosen. */
  blocks: number;
}

/**
 * `node dist/cli.js probabilities prompt.txt --top 10`, with only those options that differ from the command line's own.
 * @throws ProblemError `notOnCommandLine` for what the panel can do and the command line cannot.
 */
export function commandLine(request: CommandLineRequest, shell: Shell): string {
  const { file, engine, program } = request;
  // A name that begins with a dash would be read as an option.
  const path = file.startsWith('-') ? `./${file}` : file;
  const own = [
    ...(request.raw ? ['--raw'] : []),
    ...(engine.model === null ? [] : ['--model', engine.model]),
    ...(engine.provider === 'auto' ? [] : ['--provider', engine.provider]),
    ...(engine.precision === 'exact' ? [] : ['--precision', engine.precision]),
    ...(engine.threads > 0 ? ['--threads', String(engine.threads)] : []),
  ];
  return analysisLines(request, path)
    .map((words) => [...program, ...words, ...own].map((word) => quoted(word, shell)).join(' '))
    .join('\n');
}

/** One command for each line. */
function analysisLines(request: CommandLineRequest, path: string): string[][] {
  const { tab, lie } = request.intent;
  if (tab === 'lie' && lie.steer.text !== '') return steeredLines(lie, path);
  const lines = tab === 'saliency' ? saliencyLines(request.intent, path) : [tabWords(request, path)];
  // Statements, tables and lists are read as they stand.
  const open = request.continueLast && tab !== 'lie' && tab !== 'embeddings';
  return open ? lines.map((words) => [...words, '--continue']) : lines;
}

function tabWords(request: CommandLineRequest, path: string): string[] {
  const { intent, selection, top, second } = request;
  const layer = selection.layer ?? selection.drawnLayer;
  const head = selection.head ?? selection.drawnHead;
  switch (intent.tab) {
    case 'attention':
      return layer !== undefined && head !== undefined
        ? ['attention', path, '--layer', String(layer), '--head', String(head)]
        : ['attention', path];
    case 'layers':
      return layersWords(intent, selection.locked, path);
    case 'patching':
      if (second === null) throw new ProblemError('notOnCommandLine', [clause('patchingWithoutSecond')]);
      return ['patch', path, ...option('--from', second), ...targetWords(intent.target)];
    case 'embeddings':
      return embeddingsWords(request, path);
    case 'lie':
      return lieWords(intent.lie, path);
    default:
      return ['probabilities', path, '--top', String(top)];
  }
}

function embeddingsWords({ intent, plan, blocks }: CommandLineRequest, path: string): string[] {
  const { method, basis, layer, leaveOutMassive, seed, axis } = intent.embeddings;
  if (!plan) throw new ProblemError('noResult');
  const refuse = (what: ClauseKey): never => {
    throw new ProblemError('notOnCommandLine', [clause(what)]);
  };
  if (plan.source === 'open') refuse('textsOfOpenFiles');
  if (method === 'pca' && basis === 'frozen') refuse('frozenAxes');
  if (method === 'pca' && axis) refuse('probeAxis');
  return [
    ...['embeddings', path, '--layer', String(Math.min(layer ?? defaultLayer(blocks), blocks))],
    ...(method === 'pca' ? [] : ['--method', method, '--seed', String(seed)]),
    ...(plan.source === 'lines' ? ['--lines'] : []),
    ...(plan.template === '' ? [] : option('--template', plan.template)),
    ...(plan.at === 'pattern' ? option('--select', wordExpression(plan.pattern)) : []),
    ...(plan.at === 'pattern' && plan.source === 'lines' ? ['--around'] : []),
    ...(plan.at === 'last' ? ['--last'] : []),
    ...(leaveOutMassive ? ['--leave-out-massive'] : []),
  ];
}

/** A third of the way up: contexts have had their say, the next word has not. */
function defaultLayer(blocks: number): number {
  return Math.round(blocks / 3);
}

/** One command for each method that the command line has: occlusion and the gradients, in the panel's order. */
function saliencyLines({ target, saliency }: Intent, path: string): string[][] {
  const lines = saliency.methods.flatMap((method): string[][] => {
    if (method === 'occlusion') return [occlusionWords(saliency, target, path)];
    if (method !== 'input' && method !== 'norm' && method !== 'integrated') return [];
    return [['gradients', path, ...(method === 'input' ? [] : ['--method', method]), ...targetWords(target)]];
  });
  if (lines.length === 0) throw new ProblemError('notOnCommandLine', [clause('attentionAsSaliency')]);
  return lines;
}

function occlusionWords(saliency: Intent['saliency'], target: TargetSpec, path: string): string[] {
  const { by, operator, scope, pattern } = saliency;
  if (by === 'selection') throw new ProblemError('notOnCommandLine', [clause('unitsBySelection')]);
  const units = by === 'match' ? expression(pattern) : by;
  return [
    ...['occlusion', path],
    ...(operator === 'knockout' ? [] : ['--operator', operator]),
    ...(units === 'token' ? [] : ['--by', units]),
    ...(scope === 'all' ? [] : ['--scope', scope]),
    ...targetWords(target),
  ];
}

function layersWords({ target, layers }: Intent, locked: number | null, path: string): string[] {
  switch (layers.section) {
    case 'heads':
      return ['heads', path, ...targetWords(target)];
    case 'examples':
      return ['occlusion', path, '--operator', 'delete', '--by', 'example', '--scope', 'user', ...targetWords(target)];
    case 'lens': {
      const position = target.span ? target.span[0] - 1 : locked;
      const text = target.text === undefined ? [] : option('--target', target.text);
      return ['lens', path, ...(position === null ? [] : ['--position', String(position + 1)]), ...text];
    }
  }
}

function lieWords(lie: LieIntent, path: string): string[] {
  const own = lie.probe === null ? [] : option('--probe', lie.probe);
  if (lie.section === 'statements') return ['truth', path, ...own];
  if (lie.section === 'answer') throw new ProblemError('notOnCommandLine', [clause('ownAnswer')]);
  if (lie.frame !== 'plain') throw new ProblemError('notOnCommandLine', [clause('textsAsAnswer')]);
  // Automatic on the command line would train a truth probe on true and false.
  const task = lie.task === 'auto' ? 'layers' : lie.task;
  return [
    ...['probe', 'train', path, '--task', task],
    ...(lie.label === null ? [] : option('--label', lie.label)),
    ...(lie.groupBy === null ? [] : option('--group', lie.groupBy)),
    ...(lie.template === null ? [] : option('--template', lie.template)),
  ];
}

/** Somebody steered: the layer probe is trained to a file that has its direction, then the texts are written. */
function steeredLines(lie: LieIntent, path: string): string[][] {
  const { text, strength, layer, tokens } = lie.steer;
  const truth = lie.section !== 'probe';
  const probe = truth ? (lie.probe ?? 'truth') : path.replace(/(?:\.(?:csv|tsv|tab))?$/i, '.probe.json');
  const alone = ['generate', ...option('--text', text), '--max-tokens', String(tokens)];
  const where = layer === null ? [] : ['--steer-layer', String(layer)];
  const steered = [...alone, ...option('--steer', probe), ...where, `--strength=${strength}`];
  const pushed = strength === 0 ? [] : [steered, [...steered, '--steer-control']];
  return [...(truth ? [] : [[...lieWords(lie, path), '-o', probe]]), alone, ...pushed];
}

function targetWords({ text, span, contrast }: TargetSpec): string[] {
  if (span && span[1] - span[0] > 1) throw new ProblemError('notOnCommandLine', [clause('targetOfSeveral')]);
  return [
    ...(text === undefined ? [] : option('--target', text)),
    ...(span ? ['--at', String(span[0] + 1)] : []),
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

/** By the name of the shell's executable; by the platform when there is none. */
export function shellOf(executable: string, platform: string): Shell {
  const name = executable.split(/[\\/]/).at(-1)?.toLowerCase() ?? '';
  if (/^(pwsh|powershell)/.test(name)) return 'powershell';
  if (name.startsWith('cmd')) return 'cmd';
  if (name !== '') return 'posix';
  return platform === 'win32' ? 'powershell' : 'posix';
}
