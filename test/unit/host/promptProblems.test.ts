/** A template's refusal stands in the list of problems at the message that caused it, and goes when the prompt is read again. */
import { describe, expect, it, vi } from 'vitest';

const { lists } = vi.hoisted(() => ({ lists: new Map<string, { range: unknown; message: string }[]>() }));

vi.mock('vscode', () => ({
  l10n: { t: (text: string) => text },
  languages: {
    createDiagnosticCollection: () => ({
      set: (uri: string, list: { range: unknown; message: string }[]) => lists.set(uri, list),
      clear: () => lists.clear(),
      dispose: () => lists.clear(),
    }),
  },
  Range: class {
    constructor(
      readonly start: number,
      readonly end: number,
    ) {}
  },
  Diagnostic: class {
    constructor(
      readonly range: unknown,
      readonly message: string,
    ) {}
  },
  DiagnosticSeverity: { Error: 0 },
}));

import { analysisNames } from '../../../src/analysis/contracts';
import { PromptProblems } from '../../../src/host/editor/promptProblems';
import type { Lens } from '../../../src/host/lens';
import { verbatim } from '../../../src/protocol/clauses';
import { ProblemError } from '../../../src/protocol/problem';

function lensShowing(state: Record<string, unknown>): { lens: Lens; settle: () => void } {
  let settle = () => {};
  const document = { uri: 'file:///a.json', version: 1, positionAt: (offset: number) => offset };
  const lens = {
    onDidSettle: (listener: () => void) => {
      settle = listener;
      return { dispose: () => {} };
    },
    views: () => [{ session: { state }, tracker: { shown: document } }],
  };
  return { lens: lens as unknown as Lens, settle: () => settle() };
}

describe('the problem of a message', () => {
  it('is listed at its place, and no longer once the prompt is read', () => {
    const { problem } = new ProblemError('templateRefused', [verbatim('roles must alternate'), 2, 'user']);
    problem.place = { file: 'a.json', range: [40, 52] };
    const state: Record<string, unknown> = Object.fromEntries(analysisNames.map((name) => [name, { kind: 'empty' }]));
    state.probabilities = { kind: 'failed', problem, previous: null };
    const { lens, settle } = lensShowing(state);
    const problems = new PromptProblems(lens);
    settle();
    expect(lists.get('file:///a.json')).toMatchObject([
      {
        range: { start: 40, end: 52 },
        message:
          "The model's chat template refused message 2 (user): roles must alternate. Change that message or its role, or choose another model.",
        source: 'Prompt Lens',
        code: 'templateRefused',
      },
    ]);
    state.probabilities = { kind: 'running', previous: null };
    settle();
    expect(lists.size).toBe(0);
    problems.dispose();
  });

  it('without a place is not listed', () => {
    const { problem } = new ProblemError('templateFailed', [verbatim('x')]);
    const state = Object.fromEntries(analysisNames.map((name) => [name, { kind: 'failed', problem, previous: null }]));
    const { lens, settle } = lensShowing(state);
    new PromptProblems(lens);
    settle();
    expect(lists.size).toBe(0);
  });
});
