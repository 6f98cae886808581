/** The report that every command gives. Logarithms are natural, positions count from 0. */
import type { ModelInfo, Prompt } from '../protocol/model';
import type { ReportedRuntime } from '../protocol/reportedRuntime';

/** Everything `--json` prints, whatever the command. */
export interface Report<R = unknown> {
  schema: 1;
  command: string;
  version: string;
  /** A digest of what the result depends on besides its text: see client/fingerprint.ts. */
  fingerprint: string;
  model: ModelInfo;
  runtime: ReportedRuntime;
  prompt: Prompt | null;
  timing: { loadMs: number; runMs: number };
  result: R;
}
