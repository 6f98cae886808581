/** A session that is started when it is first needed, and again after it was released. Engine only. */
import type { GraphSession } from './session';

export class HeldSession {
  private running: Promise<GraphSession> | null = null;

  constructor(private readonly start: () => Promise<GraphSession>) {}

  /** The same session until it is released; a failed start is repeated at the next call. */
  get(): Promise<GraphSession> {
    this.running ??= this.start().catch((error) => {
      this.running = null;
      throw error;
    });
    return this.running;
  }

  /** Frees its memory until it is needed again. Must not be called while it runs. */
  async release(): Promise<void> {
    const running = await this.running?.catch(() => null);
    this.running = null;
    await running?.release();
  }
}
