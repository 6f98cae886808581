/** One engine for all calls: it is started at the first call, and again after it has ended. */
import { type EngineConnection, type EngineQuestions, startEngine } from '../client/client';

export class KeptEngine {
  private connection: EngineConnection | null = null;

  /** `entry` is the path of the engine's script. */
  constructor(
    private readonly entry: string,
    private readonly log: (line: string) => void,
  ) {}

  current(): EngineQuestions {
    if (this.connection) return this.connection.channel;
    const connection = startEngine(this.entry, {
      env: process.env,
      onLog: this.log,
      onEnd: () => {
        if (this.connection === connection) this.connection = null;
      },
    });
    connection.channel.on('didLog', this.log);
    this.connection = connection;
    return connection.channel;
  }

  async dispose(): Promise<void> {
    await this.connection?.dispose();
  }
}
