/**
 * A problem as data: its code in the catalogue (problemCatalogue.ts), its arguments (clauses.ts), and its sentences filled with
 * them.
 */
import { type Argument, argument, type Clause, fill, wordsOf } from './clauses';
import { type Failure, type Failures, isFailure } from './failure';
import type { Range } from './model';
import { type ClauseFirst, type ClauseSecond, isKnown, type ProblemCode, problemCatalogue } from './problemCatalogue';
import type { PanelFacts } from './problemKinds';

/** Plain data: crosses processes. `detail` is for the log, never for the page. */
export interface Problem {
  code: ProblemCode;
  message: string;
  remedy: string;
  args: Argument[];
  detail?: string;
  /** What caused it in the prompt's file: UTF-16 offsets. */
  place?: { file: string | null; range: Range };
  /** Tells the panel how to treat the problem; the host adds it for the page. */
  panel?: PanelFacts;
}

type Given = Argument | number;

/** An argument that is one of our own sentences must be a clause, so that it can be translated; a plain text there does not compile. */
type ArgumentsOf<Code extends ProblemCode> = Code extends ClauseFirst
  ? readonly [Clause, ...Given[]]
  : Code extends ClauseSecond
    ? readonly [Given, Clause, ...Given[]]
    : readonly Given[];

export class ProblemError<Code extends ProblemCode = ProblemCode> extends Error implements Failure {
  readonly problem: Problem;

  constructor(code: Code, given?: ArgumentsOf<Code>, detail?: string) {
    const args = (given ?? []).map(argument);
    const words = args.map((each) => wordsOf(each));
    const message = fill(problemCatalogue[code].message, words);
    const remedy = fill(problemCatalogue[code].remedy, words);
    super(`${message} ${remedy}`);
    this.name = 'ProblemError';
    this.problem = { code, message, remedy, args, ...(detail ? { detail } : {}) };
  }

  static from(problem: Problem): ProblemError {
    // The sentences are kept as they came: they may have been translated, or come from a version with more codes.
    const code: ProblemCode = isKnown(problem.code) ? problem.code : 'internal';
    return Object.assign(new ProblemError(code, problem.args, problem.detail), { problem });
  }

  /** Any thrown value as a problem; foreign errors become `internal` and keep their stack in `detail`. */
  static wrap(error: unknown): ProblemError {
    if (error instanceof ProblemError) return error;
    // Another bundle has its own class of problems.
    if (isFailure(error)) return ProblemError.from(error.problem);
    if (error instanceof Error && error.name === 'AbortError') return new ProblemError('cancelled');
    const text = error instanceof Error ? error.message : String(error);
    return new ProblemError('internal', [text.split('\n')[0]], error instanceof Error ? error.stack : undefined);
  }
}

/** The failures of the channels between processes. */
export const failures: Failures = {
  cancelled: () => new ProblemError('cancelled'),
  gone: (reason) => new ProblemError('engineGone', [reason]),
  unknownRequest: (method) => new ProblemError('unknownRequest', [method]),
  from: ProblemError.from,
  wrap: ProblemError.wrap,
};
