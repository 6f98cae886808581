/** A text under the lens: its place, its content, and how it is read as a prompt. Types only. */
import type { Argument } from '../../protocol/clauses';
import type { PromptInput, Range } from '../../protocol/model';
import type { ShownFile } from '../../protocol/view';
import type { WholeReading } from '../promptDocuments';

export interface PromptSource {
  /** Identifies the document, how it is read, and the pinned part if only a part is shown; the same through all edits. */
  id: string;
  /** The name in exports and tables. */
  title: string;
  file: ShownFile;
  reading: WholeReading | 'selection';
  /** The line that is shown of a file whose lines are prompts, from 1; null for any other text. */
  line: number | null;
  /** The document's URI. */
  uri: string;
  /** UTF-16 range of the document that is shown; null = all of it. */
  range: Range | null;
  /** The whole document. Offsets of `source` ranges count in it. */
  text: string;
  /** The values that the user gave its variables; missing = none. */
  values?: Readonly<Record<string, string>>;
  /** How often a file that it names has changed; missing = 0. */
  besideVersion?: number;
  /** Rejects with a ProblemError when the text is no prompt. */
  read(): Promise<PromptInput>;
  /** Like `read`, but a table is read as plain text, for analyses that read its rows. */
  readPlain?(): Promise<PromptInput>;
  /**
   * Reads another text as a prompt of the same kind: patching's second prompt, or an older version. Rejects as `read` does, naming `name`.
   */
  readText(text: string, name?: Argument): Promise<PromptInput>;
}
