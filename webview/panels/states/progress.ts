/** The progress of a run in words: bytes, tokens, steps, or the known parts of a partial result. Pure. */

import type { UnitKind } from '../../../src/analysis/shared/contract';
import type { ViewState } from '../../../src/protocol/view';
import { duration, grouped } from '../../base/format';
import { inClauses, t } from '../../base/strings';
import { isPartial, type ViewData } from '../../base/view';

type AnyState = ViewState<unknown>;

/** Share done, 0 … 1; null while nothing is known. */
export function progressShare(state: AnyState): number | null {
  if (state.kind !== 'loadingModel' && state.kind !== 'running') return null;
  const { progress } = state;
  return progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : null;
}

/** `compiling the graph, 168 of 270 MB · 3.1 s`, `12 of 42 words · 0.8 s`. */
export function progressWords(state: AnyState): string {
  if (state.kind !== 'loadingModel' && state.kind !== 'running') return '';
  const { progress, elapsedMs } = state;
  const parts = [];
  const counted = state.kind === 'running' ? countedWords(state.previous) : null;
  if (counted) parts.push(counted);
  else if (progress) {
    const stage = {
      opening: t('opening the model file'),
      compiling: t('compiling the graph'),
      loading: t('loading the weights'),
      running: t('running'),
    }[progress.stage];
    const mega = (bytes: number) => grouped(bytes / 1e6);
    const done = {
      bytes: t('{0} of {1} MB', mega(progress.done), mega(progress.total)),
      tokens: t('{0} of {1} tokens', grouped(progress.done), grouped(progress.total)),
      steps: t('step {0} of {1}', grouped(progress.done), grouped(progress.total)),
    }[progress.unit];
    parts.push(progress.total > 0 ? inClauses([stage, done]) : stage);
  }
  if (elapsedMs >= 100) parts.push(duration(elapsedMs));
  return parts.join(' · ');
}

/** The count of a partial result's known parts: `12 of 42 words`. Null for whole results and for those without parts. */
function countedWords(previous: unknown): string | null {
  const data = previous as ViewData | null;
  if (!data || !isPartial(data) || !('result' in data)) return null;
  const { result } = data;
  if ('units' in result) {
    const able = result.methods.filter(({ refused }) => refused === null);
    // Among the methods, only occlusion scores its units one after another; then the curves come.
    const every = able.find(({ method }) => method === 'occlusion')?.scores ?? [];
    const scores = every.filter((_, unit) => !result.unscored.includes(unit));
    if (scores.includes(null)) return unitWords(result.by, known(scores), scores.length);
    const judged = able.filter(({ faithfulness }) => faithfulness !== null).length;
    const readable = able.filter(({ completeness }) => completeness?.reliable !== false).length;
    return t('{0} of {1} curves', grouped(judged), grouped(readable));
  }
  if ('knockout' in result) return counted(result.knockout.flat(), (done, all) => t('{0} of {1} heads', done, all));
  if ('examples' in result)
    return counted(
      result.examples.map(({ score }) => score),
      (done, all) => t('{0} of {1} examples', done, all),
    );
  if (!('map' in result) || !result.map) return null;
  return counted([result.map.residual, result.map.heads].flat(2), (done, all) => t('{0} of {1} places', done, all));
}

function known(values: readonly (number | null)[]): number {
  return values.filter((value) => value !== null).length;
}

function counted(values: readonly (number | null)[], words: (done: string, all: string) => string): string {
  return words(grouped(known(values)), grouped(values.length));
}

function unitWords(by: UnitKind, done: number, all: number): string {
  const [n, total] = [grouped(done), grouped(all)];
  return {
    token: t('{0} of {1} tokens', n, total),
    word: t('{0} of {1} words', n, total),
    sentence: t('{0} of {1} sentences', n, total),
    line: t('{0} of {1} lines', n, total),
    paragraph: t('{0} of {1} paragraphs', n, total),
    message: t('{0} of {1} messages', n, total),
    example: t('{0} of {1} examples', n, total),
    match: t('{0} of {1} matches', n, total),
    slot: t('{0} of {1} values', n, total),
    selection: t('{0} of {1} selected parts', n, total),
  }[by];
}
