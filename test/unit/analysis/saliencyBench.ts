/** A saliency run on the small fake model, with every snapshot on the way. */

import type { SaliencyMethod, SaliencyResult } from '../../../src/analysis/saliency/contract';
import { type SaliencyOptions, saliency } from '../../../src/analysis/saliency/saliency';
import type { Prompt } from '../../../src/protocol/model';
import { watched } from '../../fixtures/saliencyAsked';
import { FakeGradients } from './fakeGradients';
import { FakeModel } from './fakeModel';

/** Each character is a token, so white space between words is a unit of its own. */
export function promptOf(text: string): Prompt {
  const tokens = [...text].map((character, at) => ({
    id: new FakeModel().tokenize(character.toLowerCase())[0] ?? 16,
    text: character,
    bytes: '',
    start: at,
    end: at + 1,
    source: [at, at + 1] as [number, number],
    special: false,
    role: null,
  }));
  return { file: null, rendered: text, tokens };
}

export const everyMethod: SaliencyMethod[] = [
  'occlusion',
  'input',
  'norm',
  'integrated',
  'attention',
  'rollout',
  'attentionGradient',
];
export const text = 'The cat sat. A dog ran.';
export const prompt = promptOf(text);
export const ids = prompt.tokens.map(({ id }) => id);
export const common = {
  replacement: 16,
  ranges: [],
  scope: 'all',
  operator: 'knockout',
  by: 'word',
  target: {},
} as const;

interface Given extends Partial<SaliencyOptions> {
  model?: FakeModel;
  differentiable?: FakeGradients;
  of?: Prompt;
}

/** Returns the result and every snapshot on the way. */
export async function run({
  model = new FakeModel(),
  differentiable = new FakeGradients(),
  of = prompt,
  ...given
}: Given) {
  const steps: SaliencyResult[] = [];
  const progress: [number, number][] = [];
  const ground = { model, differentiable, prompt: of, ids: of.tokens.map(({ id }) => id), known: null };
  const options: SaliencyOptions = {
    ...common,
    ...watched,
    methods: everyMethod,
    onStep: (snapshot, done, total) => {
      steps.push(snapshot());
      progress.push([done, total]);
    },
    ...given,
  };
  return { result: await saliency(ground, options), steps, progress };
}

export const known = (result: SaliencyResult, method: SaliencyMethod) =>
  result.methods.find((one) => one.method === method)?.scores.filter((score) => score !== null).length ?? 0;
