/**
 * A checkpoint's decoder, its single step and its gradient as graphs. There is one file for each family; to add a family, write its
 * file beside llama.ts and name it here.
 */
import type { HyperParameters } from '../checkpoint/types';
import type { GraphBuilder } from './builder';
import { type GradientParts, llamaGradient, llamaGradientParts } from './gradient/llamaGradient';
import type { LinearOptions, TensorSource } from './linear';
import { llama } from './llama';
import type { RowOptions } from './rowLinear';
import { llamaStep } from './step';

interface Family {
  decoder(hyper: HyperParameters, options: LinearOptions): GraphBuilder;
  /** The graph for one more token of one text. */
  step(hyper: HyperParameters, options: RowOptions): GraphBuilder;
  /** The graph reads the data file of the float32 decoder. */
  gradient(hyper: HyperParameters, source: TensorSource): GraphBuilder;
  /** The same block by block, with the queries of a prompt cut into `chunks` chunks. */
  gradientParts(hyper: HyperParameters, source: TensorSource, chunks: number): GradientParts;
}

const families: Readonly<Record<string, Family>> = {
  llama: { decoder: llama, step: llamaStep, gradient: llamaGradient, gradientParts: llamaGradientParts },
};

export const supportedFamilies: readonly string[] = Object.keys(families);

/** Undefined for a family that has no graph. */
export function decoderGraph(hyper: HyperParameters, options: LinearOptions): GraphBuilder | undefined {
  return families[hyper.family]?.decoder(hyper, options);
}

/** Undefined for a family that has no graph. */
export function stepGraph(hyper: HyperParameters, options: RowOptions): GraphBuilder | undefined {
  return families[hyper.family]?.step(hyper, options);
}

/** Undefined for a family that has no graph. */
export function gradientGraph(hyper: HyperParameters, source: TensorSource): GraphBuilder | undefined {
  return families[hyper.family]?.gradient(hyper, source);
}

/** Undefined for a family that has no graph. */
export function gradientParts(hyper: HyperParameters, source: TensorSource, chunks: number): GradientParts | undefined {
  return families[hyper.family]?.gradientParts(hyper, source, chunks);
}
