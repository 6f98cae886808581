/**
 * What the command line needs of the world, so that tests can give it another one. main.ts has the real one.
 */
import type { EngineConnection } from '../inference/client';

export interface Stream {
  write(text: string): void;
  isTerminal: boolean;
  columns: number;
}

export interface Environment {
  output: Stream;
  errors: Stream;
  /** NO_COLOR is not set and the terminal can. */
  colour: boolean;
  version: string;
  /** Rejects with Node's error codes. */
  readFile(path: string): Promise<Uint8Array>;
  readStandardInput(): Promise<Uint8Array>;
  writeFile(path: string, text: string): Promise<void>;
  connect(onLog: (line: string) => void): EngineConnection;
}
