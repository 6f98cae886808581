/**
 * The tools for assistants as whoever offers them sees them: a bundle that is loaded when it is wanted (src/tools), what it needs of the
 * world, and what a call is answered. Types alone.
 */
import type { EngineOptions } from '../protocol/model';
import type { Progress } from '../protocol/request';
import type { EngineQuestions } from './client';

/** What tools need of the world. */
export interface ToolWorld {
  version: string;
  /** `path`: a real one, below the folders or among the bundled files. */
  readFile(path: string): Promise<Uint8Array>;
  bundledFiles(): Promise<{ models: string[]; probes: string[] }>;
  /** Below which files may be read. */
  folders(): Promise<readonly string[]>;
  /** An engine that is alive, started if need be. */
  engine(): EngineQuestions;
  /** The engine's, null = whoever holds it knows. */
  engineOptions: Pick<EngineOptions, 'model' | 'provider' | 'precision' | 'threads'> | null;
  /** The numbers as data beside the text. */
  data: boolean;
}

export interface ToolCall {
  name: string;
  arguments: unknown;
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/** As MCP has it. */
export interface ToolResult extends Record<string, unknown> {
  content: { type: 'text'; text: string }[];
  structuredContent?: Record<string, unknown>;
  /** The text is one sentence that says why. */
  isError?: boolean;
}

export interface CallableTools {
  /** In its turn. A refusal or a failure is an answer as well; rejects with `cancelled` alone. */
  call(call: ToolCall): Promise<ToolResult>;
}

export interface ToolsBundle {
  createTools(world: ToolWorld): CallableTools;
}
