/** A text under the lens: where it stands, what it says, and how it is read as a prompt. Types only. */
import type { Argument } from '../../protocol/clauses';
import type { PromptInput, Range } from '../../protocol/model';
import type { ShownFile } from '../../protocol/view';

export interface PromptSource {
  /** The document, how it is read, and the pinned part of it if only a part is looked at; the same through all edits. */
  id: string;
  /** What exports and tables call it. */
  title: string;
  file: ShownFile;
  /** The document's URI. */
  uri: string;
  /** UTF-16 range of the document that is looked at; null = all of it. */
  range: Range | null;
  /** The whole document. Offsets of `source` ranges count in it. */
  text: string;
  /** Rejects with a ProblemError when the text is no prompt. */
  read(): Promise<PromptInput>;
  /** As `read`, but a table is the text that it is: for what reads its rows. */
  readPlain?(): Promise<PromptInput>;
  /** Another text as a prompt of the same kind: patching's second one, or an older version. Rejects as `read` does, naming `name`. */
  readText(text: string, name?: Argument): Promise<PromptInput>;
}
