/**
 * An open GGUF file: metadata, and tensors whose place in the file has been checked. `@huggingface/gguf` parses; it is given
 * nothing but the header bytes that ggufHeader.ts has walked, from memory, so it neither reads the file nor meets a lying count.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { GGMLQuantizationType, type GGUFTensorInfo, gguf } from '@huggingface/gguf';
import { ProblemError } from '../protocol/problem';
import { storageFormats, storageTypeOf } from './dequantise/dequantise';
import { readGgufHeader } from './ggufHeader';
import { Metadata } from './metadata';
import { fileProblem, malformed, unsupported } from './modelProblem';
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
    handle = await open(path, 'r');
    const status = await handle.stat();
    if (status.isDirectory()) throw new ProblemError('fileUnreadable', [path, 'it is a folder']);
    if (!status.isFile()) throw new ProblemError('fileUnreadable', [path, 'it is not a plain file']);
    const header = await readGgufHeader(handle, status.size, path);
    const { values, tensorInfos, dataOffset } = await parse(header, path);
    const tensors = placeTensors(tensorInfos, dataOffset, status.size, path);
    return { handle, sizeBytes: status.size, metadata: new Metadata(values, path), tensors };
  } catch (error) {
    await handle?.close();
    throw fileProblem(path, error);
  }
}

interface Parsed {
  values: Map<string, unknown>;
  tensorInfos: GGUFTensorInfo[];
  dataOffset: number;
}

/** Larger ones would only pad; the parser's 32-bit rounding would overflow on them. */
const alignments = Array.from({ length: 17 }, (_, exponent) => 2 ** exponent);

/** The parser knows addresses and fetches ranges of them; this address is answered from memory. */
async function parse(header: Uint8Array, path: string): Promise<Parsed> {
  const fromMemory = async (_: unknown, init: { headers: { Range: string } }): Promise<Response> => {
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(init.headers.Range)!;
    return new Response(header.slice(Number(from), Number(to) + 1));
  };
  let parsed: Awaited<ReturnType<typeof gguf>>;
  try {
    parsed = await gguf('https://memory.invalid/header', { fetch: fromMemory as unknown as typeof fetch });
  } catch (error) {
    throw malformed(path, error instanceof Error ? error.message : String(error));
  }
  const values = new Map<string, unknown>(Object.entries(parsed.metadata));
  const alignment = values.get('general.alignment') ?? 32;
  if (!alignments.includes(Number(alignment)))
    throw malformed(path, `its alignment is ${alignment}, not a power of two`);
  return { values, tensorInfos: parsed.tensorInfos, dataOffset: Number(parsed.tensorDataOffset) };
}

function placeTensors(infos: GGUFTensorInfo[], dataOffset: number, sizeBytes: number, path: string) {
  const tensors = new Map<string, PlacedTensor>();
  for (const info of infos) {
    if (tensors.has(info.name)) throw malformed(path, `it holds the tensor ${info.name} twice`);
    tensors.set(info.name, placeTensor(info, dataOffset, sizeBytes, path));
  }
  return tensors;
}

function placeTensor(info: GGUFTensorInfo, dataOffset: number, sizeBytes: number, path: string): PlacedTensor {
  const type = storageTypeOf(info.dtype);
  if (type === undefined) {
    const name = GGMLQuantizationType[info.dtype] ?? `number ${info.dtype}`;
    throw unsupported(path, `the tensor ${info.name} is stored as ${name}`);
  }
  const { blockWeights, blockBytes } = storageFormats[type];
  // ggml counts dimensions from the fastest: reversed, they are row-major.
  const shape = info.shape.map(Number).reverse();
  const weights = shape.reduce((product, extent) => product * extent, 1);
  const size = (weights / blockWeights) * blockBytes;
  if (!(weights > 0) || shape[shape.length - 1] % blockWeights !== 0)
    throw malformed(path, `the tensor ${info.name} has the impossible shape ${shape.join(' × ')} for ${type}`);
  const offset = dataOffset + Number(info.offset);
  if (offset + size > sizeBytes) throw malformed(path, `the tensor ${info.name} lies beyond the end of the file`);
  return { name: info.name, type, shape, sizeBytes: size, offset };
}
