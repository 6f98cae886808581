/**
 * The interface between the tools for assistants and the program that offers them: a bundle that is loaded on demand (src/tools),
 * what it needs from its surroundings, and what a call returns. Types alone.
 */
import type { EngineOptions } from '../protocol/model';
import type { Progress } from '../protocol/request';
import type { EngineQuestions } from './client';

/** Everything that tools need from their surroundings. */
export interface ToolWorld {
  version: string;
  /** `path`: a real path, below the folders or among the bundled files. */
  readFile(path: string): Promise<Uint8Array>;
  bundledFiles(): Promise<{ models: string[]; probes: string[] }>;
  /** The folders below which files may be read. */
  folders(): Promise<readonly string[]>;
  /** A running engine; it is started if need be. */
  engine(): EngineQuestions;
  /** The engine's options; null = the engine's owner knows them. */
  engineOptions: Pick<EngineOptions, 'model' | 'provider' | 'precision' | 'threads'> | null;
  /** Whether results contain the numbers as data beside the text. */
  data: boolean;
}

export interface ToolCall {
  name: string;
  arguments: unknown;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/** The result's form in MCP. */
export interface ToolResult extends Record<string, unknown> {
  content: { type: 'text'; text: string }[];
  structuredContent?: Record<string, unknown>;
  /** Set where the text is one sentence that gives the cause of a failure. */
  isError?: boolean;
}

export interface CallableTools {
  /** Calls run one after another. A refusal or a failure is an answer as well; rejects with `cancelled` alone. */
  call(call: ToolCall): Promise<ToolResult>;
}

export interface ToolsBundle {
  createTools(world: ToolWorld): CallableTools;
}
