/** A session that is started when it is first needed, and again after it was let go. Engine only. */
import type { GraphSession } from './session';

export class HeldSession {
  private running: Promise<GraphSession> | null = null;

  constructor(private readonly start: () => Promise<GraphSession>) {}

  /** The same one until it is released; what fails is tried again when asked again. */
  get(): Promise<GraphSession> {
    this.running ??= this.start().catch((error) => {
      this.running = null;
      throw error;
    });
    return this.running;
  }

  /** Lets go of its memory, until it is asked for again. Not while it runs. */
  async release(): Promise<void> {
    const running = await this.running?.catch(() => null);
    this.running = null;
    await running?.release();
  }
}
