/** The parts of a session: what it can compute, what is passed in, and what it keeps of a run. Types and times. */

import type { Analysis, DataOf } from '../../analysis/contracts';
import type { Intent, PanelChange } from '../../analysis/panel';
import type { Clause } from '../../protocol/clauses';
import type { PromptInput } from '../../protocol/model';
import type { Problem } from '../../protocol/problem';
import type { Progress } from '../../protocol/request';
import type { Clock } from '../engine/clock';
import type { SessionEngine } from './analyses';
import type { OpenPrompt } from './embeddedTexts';
import type { FileMemory } from './fileMemory';
import type { KeptAnswers } from './keptAnswers';
import type { PromptSource } from './promptSource';

export type AnyData = DataOf[Analysis];

export interface SessionOptions {
  live: boolean;
  delayMs: number;
}

export interface SessionParts {
  engine: SessionEngine;
  clock: Clock;
  options: SessionOptions;
  intent: Intent;
  /** What is remembered of each prompt. */
  memory: FileMemory;
  /** The engine's last answers, of all sessions. */
  answers: KeptAnswers;
  /** Translates a problem into the user's language. */
  translate: (problem: Problem) => Problem;
  say: (reason: Clause) => string;
  /** The most tokens that a continuation may be asked for at once; missing = no limit. */
  maxTokens?: () => number;
  /** Every prompt file that is open in the editor. */
  openPrompts?: () => Promise<OpenPrompt[]>;
  /** Called when an edit changed the target's words, which ends their explanation. */
  onTargetLost?: () => void;
}

/** The text and the prompt from which the result on screen was computed. */
export interface Origin {
  source: PromptSource;
  input: PromptInput;
}

export interface Slot {
  /** Identifies text, model and switches; a slot whose key is the current one needs no run. */
  attempted: string | null;
  /** Version of the text that the last attempt was about. */
  revision: number;
  origin: Origin | null;
  /** Model and choices that the result on screen was computed with. */
  made: string | null;
}

export interface Run {
  analysis: Analysis;
  /** Model and choices that the run uses. */
  made: string;
  abort: AbortController;
  startedAt: number;
  loading: boolean;
  progress: Progress | null;
  /** The result so far, and what it was computed from. */
  partial: { data: AnyData; origin: Origin } | null;
  /** Cancels the wait before "running" is shown: an answer within it replaces the picture without a flicker. */
  quiet: (() => void) | null;
  lastPushAt: number;
}

export function startedRun(analysis: Analysis, made: string, startedAt: number): Run {
  const abort = new AbortController();
  return { analysis, made, abort, startedAt, loading: true, progress: null, partial: null, quiet: null, lastPushAt: 0 };
}

/** Of the intent, only what changed. */
export type SessionListener = (changes: PanelChange, by: 'host' | 'page') => void;

/** An answer within this time replaces the picture without showing "running" in between. */
export const quietMs = 120;
/** Progress carries the previous result along, so it is sent no more often than the eye needs. */
export const progressIntervalMs = 150;
