/** A session with an engine whose answers the test gives, one question at a time, and a clock that is moved by hand. */

import type { Candidate } from '../../../src/analysis/shared/contract';
import type { EngineStatus } from '../../../src/host/engine/supervisor';
import { FileMemory } from '../../../src/host/session/fileMemory';
import { KeptAnswers } from '../../../src/host/session/keptAnswers';
import { LensSession } from '../../../src/host/session/lensSession';
import { initialIntent } from '../../../src/host/session/panelDefaults';
import type { PromptSource } from '../../../src/host/session/promptSource';
import { wordsOf } from '../../../src/protocol/clauses';
import { ProblemError } from '../../../src/protocol/problem';
import { FakeClock, loaded, settled } from './fakes';
import { attentionOf, dataOf, promptOf } from './prompts';

export interface Question {
  method: string;
  text: string;
  params: Record<string, unknown>;
  progress(partial: unknown): void;
  /** Sends any other progress. */
  report(progress: unknown): void;
  signal?: AbortSignal;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

interface Heard {
  signal?: AbortSignal;
  onProgress?: (progress: never) => void;
}

const growing = { stage: 'running', done: 1, total: 2, unit: 'steps' };

export const delayMs = 300;

export function setUp(options: { live?: boolean; memory?: FileMemory } = {}) {
  const questions: Question[] = [];
  const status: { now: EngineStatus } = { now: { kind: 'ready', loaded } };
  const clock = new FakeClock();
  const lost: string[] = [];
  const engine = {
    get status() {
      return status.now;
    },
    load: async () => (status.now.kind === 'ready' ? status.now.loaded : loaded),
    request: (method: string, params: unknown, asked: Heard = {}) =>
      new Promise<never>((resolve, reject) => {
        const { prompt } = params as { prompt?: { text: string } };
        const { signal } = asked;
        questions.push({
          ...{ method, signal, reject, text: prompt?.text ?? '', params: params as Record<string, unknown> },
          progress: (partial) => asked.onProgress?.({ ...growing, prompt: promptOf(['A', ' b']), partial } as never),
          report: (progress) => asked.onProgress?.(progress as never),
          resolve: resolve as (value: unknown) => void,
        });
      }),
  };
  const session = new LensSession({
    engine,
    clock,
    options: { live: options.live ?? true, delayMs },
    intent: initialIntent,
    memory: options.memory ?? new FileMemory(),
    answers: new KeptAnswers(),
    translate: (problem) => problem,
    say: (reason) => `«${wordsOf(reason)}»`,
    onTargetLost: () => void lost.push('target'),
  });
  const pushed: string[] = [];
  session.onDidChange((changes) => {
    if (changes.probabilities) pushed.push(changes.probabilities.kind);
  });
  const answer = async (index: number, text = questions[index].text, ending: Candidate | null = null) => {
    const pieces = text.match(/\s*\S+/g) ?? [text];
    const { prompt, result, end } = dataOf(pieces);
    const overview = attentionOf(pieces).overview;
    const attention = questions[index].method === 'attentionOverview';
    questions[index].resolve({
      prompt,
      result: attention ? overview : result,
      end: ending ?? end,
      runMs: 4,
      reused: 0,
    });
    await settled();
  };
  return { session, questions, status, clock, pushed, answer, lost };
}

export function source(text: string, id = 'a'): PromptSource {
  const pieces = [{ at: 0, length: text.length, source: [0, text.length] as [number, number] }];
  return {
    id,
    title: `${id}.txt`,
    file: { name: `${id}.txt`, folder: '', reading: '' },
    reading: 'text',
    line: null,
    uri: `file:///${id}.txt`,
    range: null,
    text,
    read: async () => {
      if (text === '') throw new ProblemError('emptyPrompt', [`${id}.txt`]);
      return { kind: 'raw', file: `${id}.txt`, text, pieces };
    },
    readText: async (second) => ({ kind: 'raw', file: null, text: second, pieces: [] }),
  };
}

export async function shown(text: string, options: { live?: boolean } = {}) {
  const parts = setUp(options);
  parts.session.setSource(source(text));
  parts.session.setWanted(['probabilities']);
  await settled();
  await parts.answer(0);
  return parts;
}
