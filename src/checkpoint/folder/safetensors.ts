/**
 * The tensors of a folder's safetensors files, one or several parts. Places are checked: each lies within its file, and none overlaps
 * another. Format: https://github.com/huggingface/safetensors
 */
import { basename } from 'node:path';
import { clause } from '../../protocol/clauses';
import { storageFormats } from '../dequantise/dequantise';
import type { PlacedTensor } from '../ggufFile';
import { malformed, unsupported } from '../modelProblem';
import type { StorageType } from '../types';
import type { FolderFiles, OpenFile } from './files';

export interface StoredTensor extends PlacedTensor {
  file: OpenFile;
}

/** Of the published format. */
const mostHeader = 100_000_000;

const index = 'model.safetensors.index.json';
const single = 'model.safetensors';

const types: Readonly<Record<string, StorageType>> = { F32: 'F32', F16: 'F16', BF16: 'BF16' };

/**
 * By name. A tensor of another type is an error only where `used` says that it is one of the decoder's. Throws modelUnsupported or
 * modelMalformed.
 */
export async function readSafetensors(
  files: FolderFiles,
  used: (name: string) => boolean,
): Promise<Map<string, StoredTensor>> {
  const tensors = new Map<string, StoredTensor>();
  for (const name of await partsOf(files)) {
    const file = await files.openFile(name);
    for (const tensor of await readHeader(file, used)) {
      if (tensors.has(tensor.name)) throw malformed(file.path, clause('tensorTwice', tensor.name));
      tensors.set(tensor.name, tensor);
    }
  }
  return tensors;
}

/** The files that hold the weights: the whole, or the parts that an index names. */
async function partsOf(files: FolderFiles): Promise<string[]> {
  const listed = await files.json(index);
  if (!listed) return [single];
  const map = listed.weight_map;
  const names = typeof map === 'object' && map !== null ? [...new Set(Object.values(map))] : [];
  if (names.length === 0) throw malformed(files.path, clause('missing', `${index}: weight_map`));
  return names.map((name) => {
    const shown = typeof name === 'string' ? name : (JSON.stringify(name) ?? '');
    if (typeof name !== 'string' || basename(name) !== name || !name.endsWith('.safetensors'))
      throw malformed(files.path, clause('namesNoPart', index, shown.slice(0, 60)));
    return name;
  });
}

async function readHeader(file: OpenFile, used: (name: string) => boolean): Promise<StoredTensor[]> {
  const { path, sizeBytes } = file;
  const length = sizeBytes < 8 ? 0 : Number((await bytesAt(file, 0, 8)).readBigUInt64LE());
  if (length < 2 || length > Math.min(mostHeader, sizeBytes - 8)) throw malformed(path, clause('notSafetensors'));
  const header = headerOf((await bytesAt(file, 8, length)).toString('utf8'));
  if (!header) throw malformed(path, clause('notSafetensors'));
  const start = 8 + length;
  const tensors = Object.entries(header)
    .filter(([name]) => name !== '__metadata__' && used(name))
    .map(([name, entry]) => ({ ...placed(name, entry, start, sizeBytes, path), file }))
    .sort((a, b) => a.offset - b.offset);
  tensors.forEach(({ name, offset }, place) => {
    const before = tensors[place - 1];
    if (before && before.offset + before.sizeBytes > offset)
      throw malformed(path, clause('tensorsOverlap', before.name, name));
  });
  return tensors;
}

function headerOf(text: string): Record<string, unknown> | null {
  try {
    const header: unknown = JSON.parse(text);
    return typeof header === 'object' && header !== null ? (header as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function placed(name: string, entry: unknown, start: number, fileBytes: number, path: string): PlacedTensor {
  const { dtype, shape, data_offsets: ends } = (entry ?? {}) as Record<string, unknown>;
  const whole = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);
  if (typeof dtype !== 'string' || !whole(shape) || !whole(ends) || ends.length !== 2)
    throw malformed(path, clause('notSafetensors'));
  if (!Object.hasOwn(types, dtype)) throw unsupported(path, clause('tensorStored', name, dtype));
  const type = types[dtype];
  const weights = shape.reduce((a, b) => a * b, 1);
  const sizeBytes = weights * storageFormats[type].blockBytes;
  if (!(weights > 0) || ends[1] - ends[0] !== sizeBytes)
    throw malformed(path, clause('tensorShape', name, shape.join(' × '), type));
  if (start + ends[1] > fileBytes) throw malformed(path, clause('tensorBeyond', name));
  return { name, type, shape, sizeBytes, offset: start + ends[0] };
}

async function bytesAt({ handle, path }: OpenFile, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let have = 0; have < length; ) {
    const { bytesRead } = await handle.read(bytes, have, length - have, offset + have);
    if (bytesRead === 0) throw malformed(path, clause('becameShorter'));
    have += bytesRead;
  }
  return bytes;
}
