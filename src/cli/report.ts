/** What this analysis is asked and answers. Logarithms natural, positions from 0. */
import type { ModelInfo, Prompt } from '../protocol/model';
import type { ReportedRuntime } from '../protocol/reportedRuntime';

/** Everything `--json` prints, whatever the command. */
export interface Report<R = unknown> {
  schema: 1;
  command: string;
  version: string;
  /** What the result hangs on besides its text: cli/fingerprint.ts. */
  fingerprint: string;
  model: ModelInfo;
  runtime: ReportedRuntime;
  prompt: Prompt | null;
  timing: { loadMs: number; runMs: number };
  result: R;
}
