/**
 * The chosen heads' weights: how they are asked of the host and what is shown of them. Raw weights come in; hiding and
 * renormalising the first token is done here, so that the switch answers at once. For the attention tab.
 */

import type { SinkMode } from '../../../src/analysis/attention/contract';
import type { HostChannel } from '../../base/api';
import { cancelled } from '../../base/failure';
import type { HeadRef } from '../../charts/attention/ranking';
import { largestWeight, strongestOf, withFirstToken } from '../../charts/attention/weights';

export interface HeadsValue {
  /** The prompt and model they belong to. */
  identity: string;
  tokens: number;
  /** [T, T] each: one head, the maximum of several, or each of several on its own. */
  raw: Float32Array[];
  /** Head that gave each weight, when `raw` is the maximum of several. */
  winner: Uint8Array | null;
}

export interface ShownWeights {
  /** [T, T] as drawn. */
  weights: Float32Array;
  winner: Uint8Array | null;
  largest: number;
  /** [T] what each query gives to the first token, of several heads the most. */
  firstToken: Float32Array;
}

/**
 * A maximum of raw weights cannot be renormalised afterwards (each head's row has its own rest), so then every head is asked
 * for on its own; otherwise the host sends one maximum, however many heads.
 */
export function headsKey(identity: string, heads: readonly HeadRef[], sink: SinkMode): string {
  const apart = sink === 'renormalise' && heads.length > 1;
  return JSON.stringify([identity, apart, heads.map(({ layer, head }) => [layer, head])]);
}

/** Rejects with the host's problem, or `cancelled` when the answer is about another text than the page shows. */
export async function loadHeads(
  channel: HostChannel,
  identity: string,
  tokens: number,
  heads: readonly HeadRef[],
  sink: SinkMode,
  signal: AbortSignal,
): Promise<HeadsValue> {
  const groups = sink === 'renormalise' ? heads.map((ref) => [ref]) : [[...heads]];
  const answers = await Promise.all(
    groups.map((group) => channel.request('attentionHeads', { heads: group }, { signal })),
  );
  if (answers.some((answer) => answer.tokens !== tokens)) throw cancelled();
  const { winner } = answers[0];
  return {
    identity,
    tokens,
    raw: answers.map((answer) => new Float32Array(answer.weights)),
    winner: answers.length === 1 && winner ? new Uint8Array(winner) : null,
  };
}

export function shownWeights({ raw, winner, tokens }: HeadsValue, sink: SinkMode): ShownWeights {
  const each = raw.map((weights) => withFirstToken(weights, tokens, sink));
  const shown = each.length === 1 ? { weights: each[0], winner } : strongestOf(each);
  const firstToken = Float32Array.from({ length: tokens }, (_, query) =>
    Math.max(...raw.map((weights) => weights[query * tokens])),
  );
  return { ...shown, largest: largestWeight(shown.weights, tokens), firstToken };
}

/** Numbers held, for what is kept. */
export function headsSize({ raw, winner }: HeadsValue): number {
  return raw.reduce((sum, weights) => sum + weights.length, 0) + (winner ? winner.length / 4 : 0);
}
