/**
 * What a session is made of: what it can compute, what it is handed, what it keeps of a run. Types and two times. Used by
 * session/lensSession.ts and by those who make one.
 */
import type { Progress } from '../../protocol/engine';
import type { PromptInput } from '../../protocol/model';
import type { AttentionData, Intent, PanelState, ProbabilitiesData } from '../../protocol/panel';
import type { Problem } from '../../protocol/problem';
import type { Clock } from '../engine/clock';
import type { SessionEngine } from './analyses';
import type { PromptSource } from './promptSource';

/** What can be computed. */
export type Analysis = 'probabilities' | 'attention';

export interface DataOf {
  probabilities: ProbabilitiesData;
  attention: AttentionData;
}

export interface SessionOptions {
  live: boolean;
  delayMs: number;
}

export interface SessionParts {
  engine: SessionEngine;
  clock: Clock;
  options: SessionOptions;
  intent: Intent;
  /** The user's words for a problem. */
  translate: (problem: Problem) => Problem;
}

/** What the result on screen was computed from. */
export interface Origin {
  source: PromptSource;
  input: PromptInput;
}

export interface Slot {
  /** Identifies text, model and switches; a slot whose key is the current one needs nothing. */
  attempted: string | null;
  origin: Origin | null;
}

export interface Run {
  analysis: Analysis;
  abort: AbortController;
  startedAt: number;
  loading: boolean;
  progress: Progress | null;
  /** Takes back the wait before "running" is shown: an answer within it replaces the picture without a flicker. */
  quiet: (() => void) | null;
  lastPushAt: number;
}

export type SessionListener = (changes: Partial<PanelState>, by: 'host' | 'page') => void;

/** An answer within this time replaces the picture without showing "running" between. */
export const quietMs = 120;
/** A progress carries the previous result along: not more often than the eye needs. */
export const progressIntervalMs = 150;
