/** The command line's view of the outside world, so that tests can replace it. main.ts provides the real one. */
import type { EngineConnection } from '../client/client';
import type { Precision, ProviderRequest } from '../protocol/model';
import type { Progress } from '../protocol/request';
import type { Report } from './report';

export interface Stream {
  write(text: string): void;
  isTerminal: boolean;
  columns: number;
}

/** Options of `prompt-lens serve`. */
export interface ServeOptions {
  model: string | null;
  provider: ProviderRequest;
  precision: Precision;
  threads: number;
  /** Only files below this folder may be read. */
  folder: string;
  verbose: boolean;
}

export interface Environment {
  output: Stream;
  errors: Stream;
  /** True when NO_COLOR is not set and the terminal supports colour. */
  colour: boolean;
  version: string;
  /** Rejects with Node's error codes. */
  readFile(path: string): Promise<Uint8Array>;
  readStandardInput(): Promise<Uint8Array>;
  /** Writes the whole file or nothing. Rejects with a problem that names the path. */
  writeFile(path: string, text: string): Promise<void>;
  /** Rejects as `writeFile` would, before there is anything to write. */
  checkPlace(path: string): Promise<void>;
  /** Equal for two names of one file; `-` means the file behind standard input. Null for a target that holds nothing that could be lost. */
  identityOf(path: string): Promise<string | null>;
  /** Files of this installation that the commands read. */
  bundledFiles(): Promise<{ models: string[]; probes: string[] }>;
  connect(onLog: (line: string) => void): EngineConnection;
  /** For a calling program: receives what a command would print, with its text for `textBlocks`; nothing is printed. */
  take?(answer: { report: Report; text: string }): void;
  /** Reports a command's progress to a calling program. */
  progress?(step: Progress): void;
  /** Answers a client over standard input and output; resolves when the client has gone. Missing where serving is impossible. */
  serve?(options: ServeOptions): Promise<void>;
}
