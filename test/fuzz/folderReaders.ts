/** Fuzzes what a folder holds: config.json of every family, safetensors in one file and in parts, and ONNX exports. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderFiles } from '../../src/checkpoint/folder/files';
import { textPartOf } from '../../src/checkpoint/folder/multimodal';
import { readSafetensors } from '../../src/checkpoint/folder/safetensors';
import { isWeight, seenTensors } from '../../src/checkpoint/folder/tensors';
import { readOnnxDecoder } from '../../src/checkpoint/onnx/openOnnx';
import { readSpec } from '../../src/checkpoint/openFolder';
import { readStored } from '../../src/checkpoint/tensorReader';
import { type FuzzInput, type FuzzReader, must } from './check';
import { below, mutatedBytes, mutatedJson, mutatedText, oneOf, type Random } from './mutate';
import { mutatedWire } from './mutateWire';

type Json = Record<string, unknown>;

const families = join(process.cwd(), 'test', 'fixtures', 'families');
/** The folders lie in memory where the system has such a place: on a disk, replacing a file takes longer than reading it. */
const place = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'prompt-lens-fuzz-'));
process.on('exit', () => rmSync(place, { recursive: true, force: true }));

/** What no reader may read: a file beside the folder. Its tensor is one that the reader would take. */
const outside = 'beside.safetensors';
const odd: readonly unknown[] = [
  { toString: 1 },
  { constructor: 1 },
  [1e9],
  '../beside.safetensors',
  'constructor',
  'toString',
  2 ** 24,
  2 ** 31,
  -7,
  1.5,
  3,
  1e300,
];

const configs = readdirSync(join(families, 'folders'))
  .sort()
  .map((name): Json => JSON.parse(readFileSync(join(families, 'folders', name, 'config.json'), 'utf8')));

/** One value replaced by an odd one, or by that of the same key in another configuration. */
function withOdd(random: Random, value: unknown, others: readonly Json[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  if (keys.length === 0) return value;
  const key = oneOf(random, keys);
  const own = (value as Json)[key];
  const inside = typeof own === 'object' && own !== null && !Array.isArray(own) && random() < 0.7;
  const donor = oneOf(random, others);
  const [theirs] = random() < 0.3 ? [oneOf(random, Object.keys(donor))] : [key];
  const given = random() < 0.5 ? donor[theirs] : oneOf(random, odd);
  return { ...value, [theirs]: inside ? withOdd(random, own, [own as Json]) : given };
}

const json = (text: string): Json | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
};

function allFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Array.isArray(value) ? value.every(allFinite) : Object.values(value).every(allFinite);
}

const config: FuzzReader = {
  name: 'config',
  ending: 'json',
  input: (random) => {
    const own = oneOf(random, configs);
    const way = random();
    if (way < 0.1) return mutatedText(random, JSON.stringify(own), ['{"a": [1e999]}']);
    return JSON.stringify(
      way < 0.5 ? mutatedJson(random, own) : withOdd(random, withOdd(random, own, configs), configs),
    );
  },
  read: (input) => {
    const values = json(String(input));
    if (!values) return;
    const { spec, names } = readSpec(textPartOf(values).values, 'model');
    must(allFinite(spec), 'every number of a spec is finite');
    must(spec.blocks.length === spec.layers, 'there is a block for each layer');
    const { positions } = spec;
    const tables = positions.learned ? 0 : positions.tables.length;
    for (const { rotary } of spec.blocks) must(rotary === null || rotary < tables, 'a block has its rotary table');
    must(spec.heads % spec.keyValueHeads === 0 && Number.isInteger(spec.headWidth), 'heads share keys');
    must(Object.keys(names.block).length > 0, 'a block has tensors');
  },
};

/** A small folder's weights with a header of their own: [length] header, data. */
function safetensors(header: unknown, data: Uint8Array, length?: bigint): Buffer {
  const text = Buffer.from(JSON.stringify(header) ?? 'null');
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(length ?? BigInt(text.length));
  return Buffer.concat([start, text, data]);
}

const source = readFileSync(join(families, 'folders', 'opt', 'model.safetensors'));
const headerLength = Number(source.readBigUInt64LE());
const header: Json = JSON.parse(source.toString('utf8', 8, 8 + headerLength));
const data = source.subarray(8 + headerLength);
const optConfig = json(readFileSync(join(families, 'folders', 'opt', 'config.json'), 'utf8')) ?? {};
const names = Object.keys(header).filter((name) => name !== '__metadata__');
const parts = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
const index = 'model.safetensors.index.json';
const weightMap = Object.fromEntries(names.map((name, at) => [name, parts[at % 2]]));
const headersOfParts = parts.map((part) =>
  Object.fromEntries(names.filter((name) => weightMap[name] === part).map((name) => [name, header[name]])),
);

/** Offsets that overlap, end beyond the file, or go backwards; types and shapes that do not fit. */
function oddHeader(random: Random, whole: Json): unknown {
  if (random() < 0.4) return mutatedJson(random, whole);
  const name = oneOf(random, Object.keys(whole));
  const entry = { ...(whole[name] as Json) };
  const [from, to] = (entry.data_offsets as number[] | undefined) ?? [0, 4];
  const moved = oneOf(random, [-4, 4, to - from, data.length, 2 ** 40, 2 ** 53, -(2 ** 31)]);
  const way = below(random, 6);
  if (way === 0) entry.data_offsets = [from + moved, to + moved];
  else if (way === 1) entry.data_offsets = [from, to + moved];
  else if (way === 2) entry.data_offsets = [to, from];
  else if (way === 3)
    entry.shape = oneOf(random, [[], [0], [2 ** 53], [2 ** 31, 2 ** 31], [1e300, 0], [[1]], [-1, -4]]);
  else if (way === 4) entry.dtype = oneOf(random, ['F64', 'F16', 'BF16', 'I8', 'constructor', '', 'F8_E4M3']);
  const other = random() < 0.2 ? oneOf(random, ['__proto__', 'lm_head.weight', '', '../x', 'a.bias']) : name;
  const rest = way === 5 ? Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name)) : whole;
  return { ...rest, [other]: entry };
}

const oddLengths = [0n, 1n, 2n, 7n, 100_000_000n, 100_000_001n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];

function folderNamed(name: string): string {
  const path = join(place, name);
  mkdirSync(path);
  return path;
}
const [single, sharded] = ['single', 'sharded'].map(folderNamed);
writeFileSync(join(place, outside), safetensors(headersOfParts[1], data));
writeFileSync(join(sharded, parts[0]), safetensors(headersOfParts[0], data));
const { spec: optSpec, names: optNames } = readSpec(optConfig, 'model');

/** Reads every weight of a folder. */
async function readWeights(path: string): Promise<void> {
  const files = await FolderFiles.of(path);
  try {
    const stored = await readSafetensors(files, isWeight);
    for (const one of stored.values()) {
      must(one.file.path.startsWith(`${path}/`) && !one.file.path.includes('..'), 'a file lies in the folder');
      must(one.offset >= 0 && one.offset + one.sizeBytes <= one.file.sizeBytes, 'a tensor lies within its file');
      must((await readStored(one.file.handle, one, one.file.path)).length === one.sizeBytes, 'a tensor is read whole');
    }
    seenTensors(stored, optNames, optSpec, path);
  } finally {
    await files.close();
  }
}

const safetensorsFile: FuzzReader = {
  name: 'safetensors',
  ending: 'safetensors',
  input: (random) => {
    const way = random();
    if (way < 0.2) return mutatedBytes(random, source);
    return safetensors(oddHeader(random, header), data, way < 0.3 ? oneOf(random, oddLengths) : undefined);
  },
  read: async (input: FuzzInput) => {
    writeFileSync(join(single, 'model.safetensors'), input);
    await readWeights(single);
  },
};

/** The index and the second part: `index` \0 `part`. */
const safetensorsParts: FuzzReader = {
  name: 'safetensorsParts',
  ending: 'parts',
  input: (random) => {
    const paths = [`../${outside}`, join(place, outside), '..', '.', '', 'x/../a.safetensors', parts[0], index, '\0'];
    const map: Json = { ...weightMap };
    for (let times = below(random, 3); times > 0; times--)
      map[oneOf(random, names)] = oneOf(random, [...paths, ...odd]);
    const listed = random() < 0.4 ? mutatedJson(random, { metadata: {}, weight_map: map }) : { weight_map: map };
    const part = random() < 0.5 ? headersOfParts[1] : oddHeader(random, headersOfParts[1]);
    return Buffer.concat([Buffer.from(`${JSON.stringify(listed)}\0`), safetensors(part, data)]);
  },
  read: async (input) => {
    const bytes = Buffer.from(input as Uint8Array);
    const end = bytes.indexOf(0);
    writeFileSync(join(sharded, index), bytes.subarray(0, end));
    writeFileSync(join(sharded, parts[1]), bytes.subarray(end + 1));
    await readWeights(sharded);
  },
};

const exports = ['qwen3-int4', 'neox-parallel'].map((name) => {
  const path = folderNamed(name);
  cpSync(join(families, 'onnx', name), path, { recursive: true });
  return { path, graph: readFileSync(join(path, 'model.onnx')) };
});
const genai = readFileSync(join(families, 'onnx', 'qwen3-int4', 'genai_config.json'), 'utf8');

/** Names of files and of operations, and numbers that external data are placed by. */
const oddTexts = [
  ...['', 'x', `../${outside}`, '/etc/hostname', '..', 'model.onnx', 'tokenizer.json', 'a\\b', '-1', '1e9', '0x10'],
  ...['9007199254740993', 'NaN', 'Identity', 'Cast', 'MatMulNBits', 'MatMul', 'Gather', 'logits', 'input_ids'],
  ...['Reshape', 'Transpose', 'If', 'location', 'offset', 'length', '\u0080'.repeat(3000), '\u0001\u0001\u0001'],
];

/** 0 or 1 (which export), then the graph. */
const onnx: FuzzReader = {
  name: 'onnx',
  ending: 'onnx',
  costly: true,
  input: (random) => {
    const which = random() < 0.8 ? 0 : 1;
    const { graph } = exports[which];
    const changed = random() < 0.75 ? mutatedWire(random, graph, oddTexts) : mutatedBytes(random, graph);
    return Buffer.concat([Buffer.from([which]), changed]);
  },
  read: async (input) => {
    const { path } = exports[input[0] === 1 ? 1 : 0];
    writeFileSync(join(path, 'model.onnx'), (input as Uint8Array).subarray(1));
    await readOnnxWhole(path);
  },
};

async function readOnnxWhole(path: string): Promise<void> {
  const files = await FolderFiles.of(path);
  try {
    const { spec, tensors } = await readOnnxDecoder(files, join(path, 'model.onnx'));
    must(allFinite(spec), 'every number of a spec is finite');
    for (const { stored } of tensors.values())
      must((await stored.bytes()).length === stored.sizeBytes, 'a weight is read whole');
  } finally {
    await files.close();
  }
}

const genaiConfig: FuzzReader = {
  name: 'genaiConfig',
  ending: 'json',
  costly: true,
  input: (random) => {
    const own = JSON.parse(genai) as Json;
    return JSON.stringify(
      random() < 0.6 ? mutatedJson(random, own) : withOdd(random, withOdd(random, own, [own]), [own]),
    );
  },
  read: async (input) => {
    const { path, graph } = exports[0];
    writeFileSync(join(path, 'model.onnx'), graph);
    writeFileSync(join(path, 'genai_config.json'), String(input));
    try {
      await readOnnxWhole(path);
    } finally {
      writeFileSync(join(path, 'genai_config.json'), genai);
    }
  },
};

export const folderReaders: readonly FuzzReader[] = [config, safetensorsFile, safetensorsParts, onnx, genaiConfig];
