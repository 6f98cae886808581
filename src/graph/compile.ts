/**
 * A checkpoint's decoder as a graph. One file per family; to add one, write it beside llama.ts and name it here.
 */
import type { HyperParameters } from '../checkpoint/types';
import type { GraphBuilder } from './builder';
import type { LinearOptions } from './linear';
import { llama } from './llama';

type Family = (hyper: HyperParameters, options: LinearOptions) => GraphBuilder;

const families: Readonly<Record<string, Family>> = { llama };

export const supportedFamilies: readonly string[] = Object.keys(families);

/** undefined for a family that has no graph. */
export function decoderGraph(hyper: HyperParameters, options: LinearOptions): GraphBuilder | undefined {
  return families[hyper.family]?.(hyper, options);
}
