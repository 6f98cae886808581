/** What a model runs on as files for other programs say it: reports of the command line and exports of the panel. */
import { wordsOf } from './clauses';
import type { RuntimeInfo } from './model';

/** As `RuntimeInfo`, the reason in English words. */
export type ReportedRuntime = Omit<RuntimeInfo, 'reason'> & { reason: string | null };

export function reportedRuntime(runtime: RuntimeInfo): ReportedRuntime {
  return { ...runtime, reason: runtime.reason && wordsOf(runtime.reason) };
}
