/** The values for one drawing of the attention tab, which the view passes to its sections. Types only. */
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
  /** The score under the measure of a head that spreads its weight evenly. */
  even: number | null;
  /** The main head first; empty while the ranking that would choose one is loading. */
  chosen: readonly HeadRef[];
  headLocked: boolean;
  locked: number | null;
  hover: number | null;
  /** The token whose row, column and arcs are drawn: the locked one, else the previewed one, else the last. */
  origin: number | null;
  /** Null until the first answer; while `loading`, the weights are those of the heads chosen before. */
  weights: ShownWeights | null;
  loading: boolean;
  /** True if the text has changed since: data that is not available is then not requested. */
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

export interface HeadActions {
  /** `add`: the head joins the chosen heads, or leaves them. */
  choose(ref: HeadRef, add: boolean): void;
  retry(): void;
}
