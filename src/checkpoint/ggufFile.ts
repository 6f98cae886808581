/**
 * An open GGUF file: its metadata, and its tensors, whose places have been checked: each lies within the file, and none overlaps
 * another. The header is read by our own ggufHeader.ts, since `@huggingface/gguf` has no limits; the library's tables of names are
 * used.
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { GGMLQuantizationType } from '@huggingface/gguf';
import { clause } from '../protocol/clauses';
import { storageFormats, storageTypeOf } from './dequantise/dequantise';
import { readGgufHeader, type TensorDescription } from './ggufHeader';
import { Metadata } from './metadata';
import { fileProblem, malformed, unreadable, unsupported } from './modelProblem';
import type { TensorInfo } from './types';

export interface PlacedTensor extends TensorInfo {
  /** Byte offset in the file. */
  offset: number;
}

export interface GgufFile {
  handle: FileHandle;
  sizeBytes: number;
  metadata: Metadata;
  tensors: Map<string, PlacedTensor>;
}

/** Rejects with modelMissing, fileUnreadable, modelMalformed or modelUnsupported; the handle is then closed again. */
export async function openGguf(path: string): Promise<GgufFile> {
  let handle: FileHandle | undefined;
  try {
    const before = await stat(path);
    if (before.isDirectory()) throw unreadable(path, clause('isFolder'));
    // Opening a pipe would wait for a writer.
    if (!before.isFile()) throw unreadable(path, clause('notPlainFile'));
    handle = await open(path, 'r');
    const status = await handle.stat();
    const header = await readGgufHeader(handle, status.size, path);
    const metadata = new Metadata(header, path);
    const alignment = alignmentOf(metadata, path);
    const dataOffset = Math.ceil(header.bytes.length / alignment) * alignment;
    const tensors = placeTensors(header.tensors, dataOffset, status.size, path);
    return { handle, sizeBytes: status.size, metadata, tensors };
  } catch (error) {
    await handle?.close();
    throw fileProblem(path, error);
  }
}

/** Larger alignments would only add padding. */
const alignments = Array.from({ length: 17 }, (_, exponent) => 2 ** exponent);

function alignmentOf(metadata: Metadata, path: string): number {
  const alignment = metadata.number('general.alignment', 32);
  if (!alignments.includes(alignment)) throw malformed(path, clause('alignment', alignment));
  return alignment;
}

function placeTensors(infos: readonly TensorDescription[], dataOffset: number, sizeBytes: number, path: string) {
  const tensors = new Map<string, PlacedTensor>();
  for (const info of infos) {
    if (tensors.has(info.name)) throw malformed(path, clause('tensorTwice', info.name));
    tensors.set(info.name, placeTensor(info, dataOffset, sizeBytes, path));
  }
  const byPlace = [...tensors.values()].sort((a, b) => a.offset - b.offset);
  byPlace.forEach(({ name, offset }, index) => {
    const before = byPlace[index - 1];
    if (before && before.offset + before.sizeBytes > offset)
      throw malformed(path, clause('tensorsOverlap', before.name, name));
  });
  return tensors;
}

function placeTensor(info: TensorDescription, dataOffset: number, sizeBytes: number, path: string): PlacedTensor {
  const type = storageTypeOf(info.type);
  if (type === undefined) {
    const name = GGMLQuantizationType[info.type] ?? `number ${info.type}`;
    throw unsupported(path, clause('tensorStored', info.name, name));
  }
  const { blockWeights, blockBytes } = storageFormats[type];
  // ggml lists the fastest dimension first; reversed, the shape is row-major.
  const shape = [...info.dimensions].reverse();
  const weights = shape.reduce((product, extent) => product * extent, 1);
  const size = (weights / blockWeights) * blockBytes;
  if (!(weights > 0) || shape[shape.length - 1] % blockWeights !== 0)
    throw malformed(path, clause('tensorShape', info.name, shape.join(' × '), type));
  const offset = dataOffset + info.offset;
  if (offset + size > sizeBytes) throw malformed(path, clause('tensorBeyond', info.name));
  return { name: info.name, type, shape, sizeBytes: size, offset };
}
