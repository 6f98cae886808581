/**
 * The Lie Detector tab's questions to the engine: the text's statements judged, the model's own answer judged, and a layer probe on the
 * rows of a table. Knows the wire, but neither VS Code nor the session.
 */

import type { GeneratedStep, GenerateOptions, GenerateResult } from '../../analysis/generate/contract';
import type { ProbeData, ProbeRow } from '../../analysis/probe/contract';
import type { LieData, TruthResult } from '../../analysis/truth/contract';
import type { Found, FoundStatement } from '../../document/sentences';
import type { PromptInput } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import type { Progress, Shown } from '../../protocol/request';
import type { TableReading } from '../../protocol/tableReading';
import type { Answered, Asked, Question, SessionEngine } from './analyses';
import { isTable, noTokens } from './embeddedTexts';
import type { PromptSource } from './promptSource';

/** More statements would take minutes, and no one would read them. */
export const mostStatements = 2000;
const folds = 5;
const seed = 1;

export async function askLie(engine: SessionEngine, question: Question, asked: Asked<LieData>): Answered<LieData> {
  const { source, input, intent } = question;
  const found = await statementsOf(source, input);
  if (found.statements.length === 0) throw new ProblemError('noStatements', [source.title]);
  const chosen = found.statements.slice(0, mostStatements);
  const data = ({ prompt, result }: Judged): LieData => ({
    prompt: prompt ?? noTokens(source),
    from: isTable(source) ? 'rows' : 'sentences',
    result,
    labels: chosen.map(({ label }) => label),
    found: found.statements.length,
    questions: found.questions,
    training: result.statements.filter(({ trained }) => trained).length,
    probe: fileName(intent.lie.probe),
    answer: null,
    ...(found.reading ? { reading: found.reading } : {}),
  });
  const verdicts = await judged(engine, chosen, question, asked.signal, (progress, partial) =>
    asked.onProgress?.(progress, data(partial)),
  );
  return { ...data(verdicts), runMs: verdicts.runMs };
}

/**
 * Puts the text to the model as a question, or lets the model complete it where it breaks off; the first statements of the answer are
 * judged.
 */
export async function askAnswer(engine: SessionEngine, asking: Question, asked: Asked<LieData>): Answered<LieData> {
  const { source, input, intent } = asking;
  const { answerOptions, answerQuestion, ownAnswer } = await import('../../document/ownAnswer');
  const question = answerQuestion(input);
  const { steps, result: generated, runMs } = await generate(engine, question.prompt, answerOptions, asked);
  const own = ownAnswer(question, steps, generated);
  const { answer, statements } = own;
  if (statements.length === 0)
    throw new ProblemError('noStatements', [answer.text.trim().slice(0, 80) || source.title]);
  const data = ({ prompt, result }: Judged): LieData => ({
    ...{ prompt: prompt ?? noTokens(source), from: 'answer', result, answer },
    labels: statements.map(() => null),
    found: own.found,
    questions: own.questions,
    training: result.statements.filter(({ trained }) => trained).length,
    probe: fileName(intent.lie.probe),
  });
  const verdicts = await judged(engine, statements, asking, asked.signal, (progress, partial) =>
    asked.onProgress?.(progress, data(partial)),
  );
  return { ...data(verdicts), runMs: runMs + verdicts.runMs };
}

export async function askProbe(
  engine: SessionEngine,
  { source, intent }: Question,
  asked: Asked<ProbeData>,
): Answered<ProbeData> {
  if (!isTable(source)) throw new ProblemError('needsTable', [source.title]);
  const [{ parseTable }, { planProbe, taskOf }] = await Promise.all([
    import('../../document/table'),
    import('../../document/statements'),
  ]);
  const table = parseTable(source.text, source.title);
  const { label, groupBy, template } = intent.lie;
  // A column that was chosen in another table may be missing here.
  const known = (name: string | null) => (name === null || name === '' || table.columns.includes(name) ? name : null);
  const plan = planProbe(table, source.title, { label: known(label), group: known(groupBy), template });
  const { rows } = plan;
  const task = taskOf(rows, intent.lie.task);
  const options = { signal: asked.signal, onProgress: (progress: Progress) => asked.onProgress?.(progress) };
  const params = { rows, task, frame: intent.lie.frame, folds, seed };
  const { result, runMs } = await engine.request('probe', params, options);
  const columns = { labelColumn: plan.label, groupColumn: plan.group, columns: table.columns, reading: plan.reading };
  const data = { prompt: noTokens(source), result, example: rows[0].text, template: plan.template, ...columns };
  return { ...data, classes: task === 'classes' ? classesOf(rows) : [], runMs };
}

async function statementsOf(source: PromptSource, input: PromptInput): Promise<Found & { reading?: TableReading }> {
  const { rowStatements, sentenceStatements } = await import('../../document/sentences');
  if (!isTable(source)) return sentenceStatements(input);
  const { parseTable } = await import('../../document/table');
  return rowStatements(parseTable(source.text, source.title), source.text);
}

type Judged = Shown & { result: TruthResult };

async function judged(
  engine: SessionEngine,
  statements: readonly FoundStatement[],
  { input: shown, intent }: Question,
  signal: AbortSignal | undefined,
  onPartial: (progress: Progress, partial: Judged) => void,
): Promise<Judged & { runMs: number }> {
  const { probe } = intent.lie;
  const params = { statements: statements.map(({ text, source }) => ({ text, source })), probe, shown };
  return engine.request('truth', params, {
    signal,
    onProgress: ({ prompt, partial, ...progress }) => onPartial(progress, { prompt, result: partial }),
  });
}

async function generate(
  engine: SessionEngine,
  prompt: PromptInput,
  options: GenerateOptions,
  asked: Asked<LieData>,
): Promise<{ steps: GeneratedStep[]; result: GenerateResult; runMs: number }> {
  const steps: GeneratedStep[] = [];
  const onProgress = (step: GeneratedStep) => {
    steps.push(step);
    asked.onProgress?.({ stage: 'running', done: steps.length, total: options.maxTokens, unit: 'tokens' });
  };
  const { result, runMs } = await engine.request('generate', { prompt, options }, { signal: asked.signal, onProgress });
  return { steps, result, runMs };
}

function classesOf(rows: readonly ProbeRow[]): ProbeData['classes'] {
  const counts = new Map<string, number>();
  for (const { label } of rows) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([label, rows]) => ({ label, rows }));
}

/** The last part of a path. */
function fileName(path: string | null): string | null {
  return path === null ? null : (path.split(/[\\/]/).at(-1) ?? path);
}
