/** The runtime of a model in files for other programs: reports of the command line and exports of the panel. */
import { wordsOf } from './clauses';
import type { RuntimeInfo } from './model';

/** The same as `RuntimeInfo`, with the reason in English words. */
export type ReportedRuntime = Omit<RuntimeInfo, 'reason'> & { reason: string | null };

export function reportedRuntime(runtime: RuntimeInfo): ReportedRuntime {
  return { ...runtime, reason: runtime.reason && wordsOf(runtime.reason) };
}
