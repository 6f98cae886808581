/**
 * A GGUF model in one file, or in the parts that llama.cpp's `gguf-split` writes (`NAME-00001-of-00003.gguf`): the metadata is the
 * first part's, the tensors are those of all. Any of the parts stands for the whole.
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { clause } from '../protocol/clauses';
import { type GgufFile, openGguf, type PlacedTensor } from './ggufFile';
import { changed, type DigestOptions, HashedFile, stampOfPath } from './hashedFile';
import { HashedFolder } from './hashedFolder';
import type { Metadata } from './metadata';
import { malformed, unsupported } from './modelProblem';

/** A tensor, and the part that holds it. */
export interface ShardTensor extends PlacedTensor {
  part: GgufPart;
}

interface GgufPart extends GgufFile {
  path: string;
  stamp: string | null;
}

export interface GgufModel {
  /** Of the first part. */
  path: string;
  metadata: Metadata;
  tensors: ReadonlyMap<string, ShardTensor>;
  /** Rejects with modelChanged where a part was written since it was opened. */
  hash(options: DigestOptions): Promise<Pick<HashedFile, 'sha256' | 'isCurrent' | 'steadily'>>;
  close(): Promise<void>;
}

const shardName = /-(\d{5})-of-(\d{5})(?=\.gguf$)/i;
const mostShards = 1000;

/** The name of a part without its number; the same name for a file that is whole. */
export const wholeName = (name: string): string => name.replace(shardName, '');

/** Whether the names are the parts of one model. */
export const areShards = (names: readonly string[]): boolean =>
  names.every((name) => shardName.test(name)) && new Set(names.map(wholeName)).size === 1;

/** Rejects with modelMissing, fileUnreadable, modelMalformed or modelUnsupported; everything is then closed again. */
export async function openGgufModel(path: string): Promise<GgufModel> {
  const parts: GgufPart[] = [];
  const close = async () => {
    for (const { handle } of parts) await handle.close();
  };
  try {
    for (const one of await pathsOf(path)) {
      const stamp = await stampOfPath(one);
      parts.push({ ...(await openGguf(one)), path: one, stamp });
    }
    checkParts(parts);
    return { path: parts[0].path, metadata: parts[0].metadata, tensors: tensorsOf(parts), hash: hashing(parts), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The paths of all parts in their order; rejects with modelUnsupported where one of them is missing. */
async function pathsOf(path: string): Promise<string[]> {
  const [own, , total] = shardName.exec(basename(path)) ?? [];
  const count = Number(total ?? 1);
  if (own === undefined || count < 2 || count > mostShards) return [path];
  const folder = dirname(path);
  const there = new Set(await readdir(folder).catch(() => [basename(path)]));
  const names = Array.from({ length: count }, (_, at) =>
    basename(path).replace(shardName, `-${String(at + 1).padStart(5, '0')}-of-${total}`),
  );
  const absent = names.find((name) => !there.has(name));
  if (absent !== undefined) throw unsupported(path, clause('folderLacks', absent));
  return names.map((name) => join(folder, name));
}

/** What the parts say of themselves must be what their names say. */
function checkParts(parts: readonly GgufPart[]): void {
  const [{ metadata, path }] = parts;
  const announced = metadata.number('split.count', 0);
  if (parts.length === 1 && announced > 1) throw unsupported(path, clause('oneOfParts', announced));
  if (parts.length === 1) return;
  parts.forEach((part, at) => {
    const said = ['split.no', 'split.count'].map((key) => part.metadata.number(key, -1));
    if (said.join() !== [at, parts.length].join())
      throw malformed(part.path, clause('notThatPart', at + 1, parts.length));
  });
  const total = parts.reduce((sum, { tensors }) => sum + tensors.size, 0);
  if (metadata.number('split.tensors.count', total) !== total)
    throw malformed(path, clause('notThatPart', 1, parts.length));
}

function tensorsOf(parts: readonly GgufPart[]): Map<string, ShardTensor> {
  const tensors = new Map<string, ShardTensor>();
  for (const part of parts)
    for (const [name, tensor] of part.tensors) {
      if (tensors.has(name)) throw malformed(part.path, clause('tensorTwice', name));
      tensors.set(name, { ...tensor, part });
    }
  return tensors;
}

/** The header was read before the hash, so both must come from the same state of each file. */
const hashing =
  (parts: readonly GgufPart[]): GgufModel['hash'] =>
  async ({ signal, onProgress }) => {
    const all = parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const hashed: HashedFile[] = [];
    let before = 0;
    for (const { handle, path, stamp, sizeBytes } of parts) {
      const report = (done: number) => onProgress?.(before + done, all);
      hashed.push(await HashedFile.hash(handle, path, { signal, onProgress: report }));
      if ((await stampOfPath(path)) !== stamp) throw changed(path);
      before += sizeBytes;
    }
    return hashed.length === 1 ? hashed[0] : HashedFolder.of(hashed);
  };
