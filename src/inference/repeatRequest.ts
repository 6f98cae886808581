/** The request `repeat`: partial results go out at a pace that a page can draw. Engine only. */
import type { RepeatResult } from '../analysis/repeat/contract';
import { repeat } from '../analysis/repeat/repeat';
import { collectNow } from './garbage';
import type { PromptHandler } from './ground';
import { Pace } from './pace';

/** Results of earlier runs are not used: every way computes the whole prompt. */
export const repeated: PromptHandler<'repeat'> = async (ground, { maxTokens, runs }, { signal, progress }) => {
  const { model, prompt, ids } = ground;
  const pace = new Pace();
  let partial: RepeatResult | null = null;
  try {
    const result = await repeat(model, ids, {
      ...{ maxTokens, runs, signal },
      onPartial(known) {
        partial = known;
        // The memory of one way is freed before the next way takes as much.
        collectNow();
      },
      onProgress: (done, total) =>
        pace.offer(() => progress({ stage: 'running', done, total, unit: 'tokens', prompt, partial })),
    });
    return { result };
  } finally {
    pace.stop();
  }
};
