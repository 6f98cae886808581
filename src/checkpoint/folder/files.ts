/**
 * The files of a Hugging Face folder that say something about a decoder: they are opened, read and hashed through the same handles,
 * so that everything derived from them comes from the same bytes. Nothing outside the folder is opened.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { clause } from '../../protocol/clauses';
import { changed, type DigestOptions, HashedFile, stampOfPath } from '../hashedFile';
import { HashedFolder } from '../hashedFolder';
import { fileProblem, malformed, unsupported } from '../modelProblem';
import type { JsonRecord } from './config';

export interface OpenFile {
  name: string;
  path: string;
  handle: FileHandle;
  sizeBytes: number;
}

/** The largest published tokenizer.json has 33 MB. */
const mostText = 128e6;

const texts = [
  'config.json',
  'genai_config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer.model',
  'tokenizer_config.json',
  'added_tokens.json',
  'chat_template.jinja',
  'chat_template.json',
  'additional_chat_templates/default.jinja',
  'model.safetensors.index.json',
];

const templates = 'additional_chat_templates';

/** The names in the folder of further chat templates; none where it is no folder. */
const inside = (path: string): Promise<string[]> => readdir(join(path, templates)).catch(() => []);

export class FolderFiles {
  private readonly stamps = new Map<string, string | null>();
  private readonly open = new Map<string, OpenFile>();

  private constructor(
    readonly path: string,
    private readonly listed: ReadonlySet<string>,
  ) {}

  /** Opens the small files; `openWeights` opens the large ones. Rejects with modelMissing or fileUnreadable. */
  static async of(path: string): Promise<FolderFiles> {
    try {
      const listed = new Set(await readdir(path));
      if (listed.has(templates)) for (const name of await inside(path)) listed.add(`${templates}/${name}`);
      const files = new FolderFiles(path, listed);
      for (const name of texts) if (files.has(name)) await files.openFile(name);
      return files;
    } catch (error) {
      throw fileProblem(path, error);
    }
  }

  has(name: string): boolean {
    return this.listed.has(name);
  }

  /** Throws modelUnsupported for a name that leads out of the folder, and where the file is missing. */
  async openFile(name: string): Promise<OpenFile> {
    const known = this.open.get(name);
    if (known) return known;
    if (!this.has(name)) throw unsupported(this.path, clause('folderLacks', name));
    const path = join(this.path, name);
    try {
      // Opening a pipe would wait for a writer.
      if (!(await stat(path)).isFile()) throw malformed(path, clause('notPlainFile'));
      this.stamps.set(name, await stampOfPath(path));
      const handle = await open(path, 'r');
      const status = await handle.stat();
      const file = { name, path, handle, sizeBytes: status.size };
      this.open.set(name, file);
      if (!status.isFile()) throw malformed(path, clause('notPlainFile'));
      return file;
    } catch (error) {
      throw fileProblem(path, error);
    }
  }

  /** The whole text of a file; null where there is none. */
  async text(name: string): Promise<string | null> {
    return (await this.bytes(name))?.toString('utf8') ?? null;
  }

  /** A small file as it is; null where there is none. */
  async bytes(name: string): Promise<Buffer | null> {
    const file = this.open.get(name);
    if (!file) return null;
    if (file.sizeBytes > mostText) throw malformed(file.path, clause('tooLarge'));
    return this.contentOf(file);
  }

  /** All of an open file. Rejects with modelMalformed where it became shorter. */
  async contentOf(file: OpenFile): Promise<Buffer> {
    const bytes = Buffer.alloc(file.sizeBytes);
    for (let have = 0; have < bytes.length; ) {
      const { bytesRead } = await file.handle.read(bytes, have, bytes.length - have, have);
      if (bytesRead === 0) throw malformed(file.path, clause('becameShorter'));
      have += bytesRead;
    }
    return bytes;
  }

  /** A file that holds a JSON object; null where there is none. */
  async json(name: string): Promise<JsonRecord | null> {
    const text = await this.text(name);
    if (text === null) return null;
    const value = parsed(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw malformed(join(this.path, name), clause('notJson'));
    return value as JsonRecord;
  }

  /** Hashes every open file. Rejects with modelChanged where one was written since it was opened. */
  async hash({ signal, onProgress }: DigestOptions): Promise<HashedFolder> {
    const files = [...this.open.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const parts: HashedFile[] = [];
    const digest = createHash('sha256');
    let before = 0;
    for (const { name, path, handle, sizeBytes } of files) {
      const report = (done: number) => onProgress?.(before + done, total);
      const part = await HashedFile.hash(handle, path, { signal, onProgress: report });
      if ((await stampOfPath(path)) !== this.stamps.get(name)) throw changed(path);
      parts.push(part);
      digest.update(`${name} ${part.sha256}\n`);
      before += sizeBytes;
    }
    return new HashedFolder(parts, digest.digest('hex'));
  }

  async close(): Promise<void> {
    for (const { handle } of this.open.values()) await handle.close();
    this.open.clear();
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
