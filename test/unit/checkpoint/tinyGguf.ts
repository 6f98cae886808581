/** A whole llama in a few kilobytes, written byte by byte: one block, width 8, two heads on one key, a byte-level vocabulary. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { characterOfByte } from '../../../src/checkpoint/byteAlphabet';

export type Value = number | bigint | string | boolean | string[] | number[];

export interface TinyTensor {
  shape: number[];
  /** ggml_type and bytes; float32 zeros when omitted. */
  type?: number;
  data?: Uint8Array;
}

export interface TinyGguf {
  metadata: Record<string, Value>;
  tensors: Record<string, TinyTensor>;
  /** Written instead of the true values. */
  tensorCount?: bigint;
  keyCount?: bigint;
  version?: number;
}

const entries = [
  ...Array.from({ length: 256 }, (_, byte) => characterOfByte(byte)),
  'he',
  'll',
  'hell',
  'hello',
  '<|im_start|>',
  '<|im_end|>',
];

export const tinyTemplate =
  "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}" +
  '{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';

export function tinyGguf(): TinyGguf {
  return {
    metadata: {
      'general.architecture': 'llama',
      'llama.block_count': 1,
      'llama.context_length': 64,
      'llama.embedding_length': 8,
      'llama.feed_forward_length': 16,
      'llama.attention.head_count': 2,
      'llama.attention.head_count_kv': 1,
      'llama.attention.layer_norm_rms_epsilon': 1e-5,
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.pre': 'smollm',
      'tokenizer.ggml.tokens': entries,
      'tokenizer.ggml.token_type': entries.map((entry) => (entry.startsWith('<|') ? 3 : 1)),
      'tokenizer.ggml.merges': ['h e', 'l l', 'he ll', 'hell o'],
      'tokenizer.ggml.bos_token_id': entries.indexOf('<|im_start|>'),
      'tokenizer.ggml.eos_token_id': entries.indexOf('<|im_end|>'),
      'tokenizer.chat_template': tinyTemplate,
    },
    tensors: {
      'token_embd.weight': { shape: [entries.length, 8] },
      'output_norm.weight': { shape: [8] },
      'blk.0.attn_norm.weight': { shape: [8] },
      'blk.0.attn_q.weight': { shape: [8, 8] },
      'blk.0.attn_k.weight': { shape: [4, 8] },
      'blk.0.attn_v.weight': { shape: [4, 8] },
      'blk.0.attn_output.weight': { shape: [8, 8] },
      'blk.0.ffn_norm.weight': { shape: [8] },
      'blk.0.ffn_gate.weight': { shape: [16, 8] },
      'blk.0.ffn_up.weight': { shape: [16, 8] },
      'blk.0.ffn_down.weight': { shape: [8, 16] },
    },
  };
}

/** The file byte for byte (GGUF version 3, little-endian, alignment 32). */
export function writeGguf(file: TinyGguf): Buffer {
  const header: Buffer[] = [Buffer.from('GGUF'), uint32(file.version ?? 3)];
  const tensors = Object.entries(file.tensors);
  const keys = Object.entries(file.metadata);
  header.push(uint64(file.tensorCount ?? BigInt(tensors.length)), uint64(file.keyCount ?? BigInt(keys.length)));
  for (const [key, value] of keys) header.push(text(key), ...typed(value));
  const data: Buffer[] = [];
  let offset = 0;
  for (const [name, tensor] of tensors) {
    const bytes = padded(tensor.data ?? new Uint8Array(4 * tensor.shape.reduce((a, b) => a * b, 1)));
    header.push(
      text(name),
      uint32(tensor.shape.length),
      ...[...tensor.shape].reverse().map((extent) => uint64(BigInt(extent))),
    );
    header.push(uint32(tensor.type ?? 0), uint64(BigInt(offset)));
    data.push(bytes);
    offset += bytes.length;
  }
  return Buffer.concat([padded(Buffer.concat(header)), ...data]);
}

let count = 0;
const folder = mkdtempSync(join(tmpdir(), 'tiny-gguf-'));

/** Writes bytes to a new file and returns its path. */
export function temporaryFile(bytes: Uint8Array, name = `${count++}.gguf`): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function typed(value: Value): Buffer[] {
  if (typeof value === 'string') return [uint32(8), text(value)];
  if (typeof value === 'boolean') return [uint32(7), Buffer.from([value ? 1 : 0])];
  if (typeof value === 'bigint') return [uint32(10), uint64(value)];
  if (typeof value === 'number')
    return Number.isInteger(value) ? [uint32(4), uint32(value)] : [uint32(6), float32(value)];
  const strings = value.every((entry) => typeof entry === 'string');
  const list = value.map((entry) => (typeof entry === 'string' ? text(entry) : uint32(entry >>> 0)));
  return [uint32(9), uint32(strings ? 8 : 5), uint64(BigInt(value.length)), ...list];
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(BigInt(bytes.length)), bytes]);
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((32 - (bytes.length % 32)) % 32)]);
}
