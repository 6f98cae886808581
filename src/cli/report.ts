/** What this analysis is asked and answers. Logarithms natural, positions from 0. */
import type { ModelInfo, Prompt, RuntimeInfo } from '../protocol/model';

/** Everything `--json` prints, whatever the command. */
export interface Report<R = unknown> {
  schema: 1;
  command: string;
  version: string;
  /** What the result hangs on besides its text: cli/fingerprint.ts. */
  fingerprint: string;
  model: ModelInfo;
  runtime: Omit<RuntimeInfo, 'weights'> & { weights: RuntimeInfo['weights'] };
  prompt: Prompt | null;
  timing: { loadMs: number; runMs: number };
  result: R;
}
