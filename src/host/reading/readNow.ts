/** Reads a prompt together with the files that it names. Pure of the editor, so that it runs in a thread of its own (readerThread.ts). */
import { type ParseOptions, parsePrompt } from '../../document/parsePrompt';
import { filesBeside } from '../../files/besideFile';
import type { PromptInput } from '../../protocol/model';

/** What is read, and how; it crosses to the thread. */
export interface Asked {
  text: string;
  options: Omit<ParseOptions, 'readBeside' | 'listBeside'>;
  /** The file's place on the disk; null for a text without one, which names no other file. */
  path: string | null;
  /** Texts of files that are open and not saved, by their path: they count more than the disk. */
  open: ReadonlyMap<string, string>;
}

/** @param asked receives the paths of the files and, with a separator at the end, folders that the prompt asked for. @throws ProblemError */
export function readNow({ text, options, path, open }: Asked, asked: Set<string>): PromptInput {
  const beside = path === null ? {} : filesBeside(path, { open, onAsked: (each) => asked.add(each) });
  return parsePrompt(text, { ...options, ...beside });
}
