/** For tests whose prompt is a list of ids without a text: the text that follows it is tokenised on its own. */

import type { TargetSpec } from '../../../src/analysis/shared/contract';
import type { PromptText } from '../../../src/analysis/shared/following';
import type { Model } from '../../../src/analysis/shared/model';
import { resolveTarget as resolve, type Target, type TargetOptions } from '../../../src/analysis/shared/target';

/** Each mark in the prompt's text stands for one id. */
const mark = '\ue000';

export function textOf(ids: readonly number[]): PromptText {
  return { rendered: mark.repeat(ids.length), tokens: ids.map((id, at) => ({ id, start: at, end: at + 1 })) };
}

/** Returns the model with a tokenizer that reads each mark as the id it stands for. */
export function reading<M extends Model>(model: M, ids: readonly number[]): M {
  const tokenize = (text: string) => {
    const own = text.length - text.replaceAll(mark, '').length;
    return [...ids.slice(0, own), ...model.tokenize(text.slice(own))];
  };
  return new Proxy(model, {
    get: (of, key) => (key === 'tokenize' ? tokenize : (of[key as keyof M] as unknown)),
  });
}

export function resolveTarget(
  model: Model,
  ids: readonly number[],
  spec: TargetSpec,
  options?: TargetOptions,
): Promise<Target> {
  return resolve(reading(model, ids), textOf(ids), spec, options);
}
