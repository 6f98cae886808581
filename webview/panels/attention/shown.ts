/** One picture of the attention tab: everything its sections draw, put together by the view. Types only. */
import type { AttentionData, SinkMode } from '../../../src/analysis/attention/contract';
import type { Problem } from '../../../src/protocol/problem';
import type { Theme } from '../../base/theme';
import type { AttentionMatrixData } from '../../charts/attention/matrix';
import type { HeadRef } from '../../charts/attention/ranking';
import type { Link } from '../../charts/attention/weights';
import type { PromptFacts, Ranking } from './facts';
import type { ShownWeights } from './heads';
import type { NoteData } from './note';

export interface AttentionShown {
  data: AttentionData;
  facts: PromptFacts;
  theme: Theme;
  gamma: number;
  sink: SinkMode;
  order: 'number' | 'strongest';
  ranking: Ranking;
  /** What an even spread of the weight would score under the measure. */
  even: number | null;
  /** The main head first; empty while the ranking that would choose one is on its way. */
  chosen: readonly HeadRef[];
  headLocked: boolean;
  locked: number | null;
  hover: number | null;
  /** Token whose row, column and arcs are drawn: locked, else previewed, else the last. */
  origin: number | null;
  /** Null until the first answer; while `loading`, of the heads chosen before. */
  weights: ShownWeights | null;
  loading: boolean;
  /** The text has changed since: what is not at hand is not asked for. */
  stale: boolean;
  problem: Problem | null;
  rankingProblem: Problem | null;
  reads: readonly Link[];
  readBy: readonly Link[];
  /** Tokens before this one still hold after an edit. */
  exact: number;
  note(span: number): NoteData;
  matrix(drawn: ShownWeights): AttentionMatrixData;
}

/** A part of the tab that draws itself. */
export interface Section {
  element: HTMLElement;
  update(shown: AttentionShown): void;
  destroy(): void;
}

export interface HeadActions {
  /** `add`: joins the chosen heads, or leaves them. */
  choose(ref: HeadRef, add: boolean): void;
  retry(): void;
}
