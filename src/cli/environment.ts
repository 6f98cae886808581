/**
 * What the command line needs of the world, so that tests can give it another one. main.ts has the real one.
 */
import type { EngineConnection } from '../client/client';
import type { Precision, ProviderRequest } from '../protocol/model';
import type { Progress } from '../protocol/request';
import type { Report } from './report';

export interface Stream {
  write(text: string): void;
  isTerminal: boolean;
  columns: number;
}

/** What `prompt-lens serve` may be told. */
export interface ServeOptions {
  model: string | null;
  provider: ProviderRequest;
  precision: Precision;
  threads: number;
  /** Below which files may be read. */
  folder: string;
  verbose: boolean;
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
  /** As a whole or not at all. Rejects with a problem that names the path. */
  writeFile(path: string, text: string): Promise<void>;
  /** Rejects as `writeFile` would, before there is anything to write. */
  checkPlace(path: string): Promise<void>;
  /** Equal for two names of one file, `-` = what standard input is; null for what holds nothing that could be lost. */
  identityOf(path: string): Promise<string | null>;
  /** Files of this installation that runs read. */
  bundledFiles(): Promise<{ models: string[]; probes: string[] }>;
  connect(onLog: (line: string) => void): EngineConnection;
  /** For a program that asks: gets what a command would print, its text for `textBlocks`, and nothing is printed. */
  take?(answer: { report: Report; text: string }): void;
  /** How far a command is, for a program that asks. */
  progress?(step: Progress): void;
  /** Answers a client over standard input and output; resolves when it has gone. Missing where nobody can be served. */
  serve?(options: ServeOptions): Promise<void>;
}
