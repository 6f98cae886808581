/** The bytes of an ONNX file's initializers, in the file or in the files of external data beside it. */
import { basename } from 'node:path';
import { clause } from '../../protocol/clauses';
import { storageFormats } from '../dequantise/dequantise';
import type { FolderFiles, OpenFile } from '../folder/files';
import { malformed, unsupported } from '../modelProblem';
import { dequantiseTensor, readStored } from '../tensorReader';
import type { StorageType, TensorInfo } from '../types';
import type { Initializer } from './onnxFile';

/** A weight as the decoder uses it: as it is stored, or dequantised from MatMulNBits. */
export interface OnnxTensor extends TensorInfo {
  bytes(): Promise<Uint8Array>;
}

/** TensorProto.DataType of floats. */
const floatTypes: Readonly<Record<number, StorageType>> = { 1: 'F32', 10: 'F16', 16: 'BF16' };
const uint8 = 2;

export const isFloat = ({ type }: Initializer): boolean => type in floatTypes;

/** Where bytes lie. */
interface Place {
  file: OpenFile;
  offset: number;
}

/** Opens files of external data as they are asked for; nothing outside the folder is opened. */
export class OnnxWeights {
  constructor(
    private readonly files: FolderFiles,
    private readonly model: OpenFile,
  ) {}

  /** A matrix or a vector of floats. Rejects with modelUnsupported or modelMalformed. */
  async tensor(one: Initializer): Promise<OnnxTensor> {
    const type = floatTypes[one.type];
    if (!type) throw unsupported(this.model.path, clause('tensorStored', one.name, `TensorProto ${one.type}`));
    const sizeBytes = countOf(one) * storageFormats[type].blockBytes;
    const bytes = await this.reader(one, sizeBytes);
    return { name: one.name, type, shape: [...one.dims], sizeBytes, bytes };
  }

  async floats(one: Initializer): Promise<Float32Array> {
    const tensor = await this.tensor(one);
    return dequantiseTensor(await tensor.bytes(), tensor);
  }

  /**
   * MatMulNBits: [N, blocks, block size · bits / 8] with a scale for each block and, optionally, its zero point; without one it is the
   * middle of the range. Values are packed from the lowest bits up, zero points along each row.
   */
  async blocks(
    quants: Initializer,
    scales: Initializer,
    zeros: Initializer | null,
    { rows, columns, bits, block }: { rows: number; columns: number; bits: number; block: number },
  ): Promise<OnnxTensor> {
    if (
      (bits !== 4 && bits !== 8) ||
      block % 8 !== 0 ||
      quants.type !== uint8 ||
      (zeros !== null && zeros.type !== uint8)
    )
      throw unsupported(this.model.path, clause('tensorStored', quants.name, `MatMulNBits ${bits}`));
    const perRow = Math.ceil(columns / block);
    const blockBytes = (block * bits) / 8;
    const zeroBytes = Math.ceil((perRow * bits) / 8);
    if (countOf(quants) !== rows * perRow * blockBytes || countOf(scales) !== rows * perRow)
      throw malformed(this.model.path, clause('tensorShape', quants.name, quants.dims.join(' × '), `${bits} bits`));
    const [packed, points] = [
      await this.reader(quants, rows * perRow * blockBytes),
      zeros && (await this.reader(zeros, rows * zeroBytes)),
    ];
    const at = (bytes: Uint8Array, from: number, place: number) =>
      bits === 8 ? bytes[from + place] : (bytes[from + (place >> 1)] >> (4 * (place & 1))) & 15;
    const bytes = async () => {
      const [raw, scale, zero] = [await packed(), await this.floats(scales), points && (await points())];
      const out = new Float32Array(rows * columns);
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          const place = Math.floor(column / block);
          const own = row * perRow + place;
          const middle = zero ? at(zero, row * zeroBytes, place) : 2 ** (bits - 1);
          out[row * columns + column] = scale[own] * (at(raw, own * blockBytes, column % block) - middle);
        }
      return new Uint8Array(out.buffer);
    };
    return { name: quants.name, type: 'F32', shape: [rows, columns], sizeBytes: rows * columns * 4, bytes };
  }

  private async reader(one: Initializer, sizeBytes: number): Promise<() => Promise<Uint8Array>> {
    const { file, offset } = await this.placeOf(one, sizeBytes);
    const placed = { name: one.name, type: 'F32' as const, shape: [], sizeBytes, offset };
    return () => readStored(file.handle, placed, file.path);
  }

  private async placeOf(one: Initializer, sizeBytes: number): Promise<Place> {
    const location = one.external.get('location');
    if (location === undefined) {
      if (one.raw === null || one.raw[1] - one.raw[0] !== sizeBytes)
        throw malformed(this.model.path, clause('tensorShape', one.name, one.dims.join(' × '), 'raw'));
      return { file: this.model, offset: one.raw[0] };
    }
    if (basename(location) !== location || location === '' || location === '..' || location.includes('\\'))
      throw malformed(this.model.path, clause('namesNoPart', this.model.name, location.slice(0, 60)));
    const file = await this.files.openFile(location);
    const [offset, length] = [Number(one.external.get('offset') ?? 0), Number(one.external.get('length') ?? sizeBytes)];
    if (!Number.isSafeInteger(offset) || offset < 0 || length !== sizeBytes || offset + sizeBytes > file.sizeBytes)
      throw malformed(file.path, clause('tensorBeyond', one.name));
    return { file, offset };
  }
}

const countOf = ({ dims }: Initializer): number => dims.reduce((a, b) => a * b, 1);
