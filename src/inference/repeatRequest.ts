/** The request `repeat`: what is known of it goes out at a pace that a page can draw. Engine only. */
import type { RepeatResult } from '../analysis/repeat/contract';
import { repeat } from '../analysis/repeat/repeat';
import { collectNow } from './garbage';
import type { PromptHandler } from './ground';
import { Pace } from './pace';

/** What earlier runs know of the prompt is left alone: every way computes all of it. */
export const repeated: PromptHandler<'repeat'> = async (ground, { maxTokens, runs }, { signal, progress }) => {
  const { model, prompt, ids } = ground;
  const pace = new Pace();
  let partial: RepeatResult | null = null;
  try {
    const result = await repeat(model, ids, {
      ...{ maxTokens, runs, signal },
      onPartial(known) {
        partial = known;
        // What one way held is let go before the next one takes as much.
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
