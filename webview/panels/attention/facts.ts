/**
 * Values derived once from a prompt, a ranking and a slice and cached while those stay the same, because drawing asks for them on
 * every hover.
 */
import type { AttentionData } from '../../../src/analysis/attention/contract';
import { visible } from '../../base/format';
import { type Glyph, glyphIndex, glyphs } from '../../base/glyphs';
import {
  columnOrder,
  type Measure,
  measureBetween,
  measureHeads,
  type RankedHead,
  strongestFirst,
} from '../../charts/attention/ranking';
import { answerTokens, type Line, lines } from '../../charts/attention/text';

export interface PromptFacts {
  /** Identifies the text, tokens and model that slices belong to. */
  identity: string;
  tokens: number;
  ids: number[];
  all: Glyph[];
  lines: Line[];
  /** Each token as lists show it; all tokens of one character have the same name. */
  names: string[];
  answers: number[];
  /** Blocks and heads of the model that the overview was computed with. */
  layers: number;
  heads: number;
}

export function promptFacts({ prompt, overview }: AttentionData, model: string): PromptFacts {
  const all = glyphs(prompt);
  const ids = prompt.tokens.map((token) => token.id);
  return {
    identity: `${model}\n${ids.join()}\n${prompt.rendered}`,
    tokens: ids.length,
    ids,
    all,
    lines: lines(prompt),
    names: prompt.tokens.map((_, token) => visible(all[glyphIndex(all, token)].text)),
    answers: answerTokens(prompt),
    layers: Math.max(0, ...overview.summaries.map(({ layer }) => layer + 1)),
    heads: Math.max(0, ...overview.summaries.map(({ head }) => head + 1)),
  };
}

export interface Ranking {
  measure: Measure;
  /** Best first; empty while the weights it needs are loading. */
  best: RankedHead[];
  /** `order[layer][row]` is the head shown there. */
  order: number[][];
}

/** `between`: [L, H] weights that the between measures rank by; null while they are unknown. */
export function rankHeads(
  data: AttentionData,
  facts: PromptFacts,
  measure: Measure,
  between: Float32Array | null,
  order: 'number' | 'strongest',
): Ranking {
  const asked = measure === 'answers' || measure === 'locked';
  const summed = between && between.length === facts.layers * facts.heads ? measureBetween(between, facts.heads) : [];
  const ranked = asked ? summed : measureHeads(data.overview.summaries, measure);
  const best = strongestFirst(ranked, measure);
  return { measure, best, order: columnOrder(ranked, facts.layers, facts.heads, order, measure) };
}
