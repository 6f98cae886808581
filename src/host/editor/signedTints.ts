/** The parts of the file that work for the target and those that work against it, in steps that a tint can show. Pure. */
import {
  type MethodScores,
  type SaliencyData,
  type SaliencyMethod,
  signedMethods,
} from '../../analysis/saliency/contract';
import type { Unit } from '../../analysis/shared/contract';
import type { Range } from '../../protocol/model';

/** `amount`: the method gives a strength without a direction. */
export type Sign = 'supports' | 'against' | 'amount';
export type Step = 1 | 2 | 3 | 4;

export interface SignedSpan {
  range: Range;
  sign: Sign;
  step: Step;
}

/** Share of a full tint from which each step begins. */
const stepsFrom = [0.15, 0.35, 0.6, 0.85];

/** Sorts the methods by the order that is wanted at present, which may differ from the run's; the other methods follow. */
export function inOrder(data: SaliencyData, wanted: readonly SaliencyMethod[]): SaliencyData {
  const { methods } = data.result;
  const first = wanted.flatMap((method) => methods.filter((scores) => scores.method === method));
  return { ...data, result: { ...data.result, methods: [...new Set([...first, ...methods])] } };
}

/** The first method whose result on this prompt can be read; null when there is none. */
export function tintingMethod({ result }: SaliencyData): MethodScores | null {
  const readable = ({ refused, completeness }: MethodScores) => refused === null && completeness?.reliable !== false;
  return result.methods.find(readable) ?? null;
}

/** The method's units with their scores; larger units stand in for occlusion until its first own score is known. */
function scoredUnits(data: SaliencyData, { method, scores }: MethodScores): { unit: Unit; score: number }[] {
  const { units, coarse } = data.result;
  const known = units.flatMap((unit, index) => {
    const score = scores[index];
    return score === null || score === undefined ? [] : [{ unit, score }];
  });
  const standIns = method === 'occlusion' && coarse ? coarse.units : [];
  return known.length > 0 ? known : standIns.map((unit) => ({ unit, score: unit.score }));
}

/**
 * Spans in ascending order without overlap: of units that share a character the strongest counts. A tint is full at `range` (0 … 1) of the
 * largest score. Units of template text have no place in the file.
 */
export function signedSpans(data: SaliencyData, range: number): SignedSpan[] {
  const method = tintingMethod(data);
  if (!method) return [];
  const scored = scoredUnits(data, method);
  const full = range * Math.max(0, ...scored.map(({ score }) => Math.abs(score)));
  if (full === 0) return [];
  const spans: (SignedSpan & { score: number })[] = [];
  for (const { unit, score } of scored) {
    const place = placeOf(data, unit);
    const step = stepsFrom.filter((from) => Math.abs(score) / full >= from).length;
    if (!place || step === 0) continue;
    const sign = !signedMethods[method.method] ? 'amount' : score > 0 ? 'supports' : 'against';
    const span = { range: place, sign, step: step as Step, score } as const;
    const last = spans.at(-1);
    if (!last || place[0] >= last.range[1]) spans.push(span);
    else if (Math.abs(score) > Math.abs(last.score))
      spans.splice(-1, 1, { ...span, range: [last.range[0], Math.max(place[1], last.range[1])] });
  }
  return spans.map(({ range, sign, step }) => ({ range, sign, step }));
}

/** The range from the first to the last of the unit's characters that came from the file; null for template text. */
function placeOf({ prompt }: SaliencyData, { tokens: [first, end] }: Unit): Range | null {
  const sources = prompt.tokens.slice(first, end).flatMap(({ source }) => (source ? [source] : []));
  if (sources.length === 0) return null;
  return [Math.min(...sources.map(([start]) => start)), Math.max(...sources.map(([, end]) => end))];
}

/** The unit at an offset of the analysed text; null where there is none. */
export function unitAt(data: SaliencyData, offset: number): { index: number; range: Range } | null {
  for (const [index, unit] of data.result.units.entries()) {
    const range = placeOf(data, unit);
    if (range && range[0] <= offset && offset < range[1]) return { index, range };
  }
  return null;
}
