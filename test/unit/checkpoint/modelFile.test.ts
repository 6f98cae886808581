/** SentencePiece's tokenizer.model in a folder without tokenizer.json: what is put around a text, and which files are refused. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/openCheckpoint';
import { wordsOf } from '../../../src/protocol/clauses';
import { ProblemError } from '../../../src/protocol/problem';

const source = join(__dirname, '..', '..', 'fixtures', 'families', 'folders', 'gpt2');
const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

/** One field of a protocol buffer: a number, or bytes with their length. */
function field(id: number, value: number | Uint8Array): Buffer {
  if (typeof value === 'number') return Buffer.from([id << 3, value]);
  return Buffer.concat([Buffer.from([(id << 3) | 2, value.length]), value]);
}

function piece(text: string, score: number, type: number): Buffer {
  const number = Buffer.alloc(5);
  number[0] = (2 << 3) | 5;
  number.writeFloatLE(score, 1);
  return field(1, Buffer.concat([field(1, Buffer.from(text)), number, field(3, type)]));
}

const own = [
  piece('<unk>', 0, 2),
  piece('<s>', 0, 3),
  piece('</s>', 0, 3),
  ...['▁hi', 'hi', '▁h', '▁', 'h', 'i'].map((text, at) => piece(text, -at - 1, 1)),
];
/** `kind`: 1 Unigram, 2 BPE, 3 words. */
const model = (kind: number): Buffer => {
  const trained = Buffer.concat([Buffer.from([3 << 3, kind])]);
  const normal = Buffer.concat([Buffer.from([4 << 3, 0])]);
  return Buffer.concat([...own, field(2, trained), field(3, normal)]);
};

async function opened(file: Uint8Array | null, config: object, text: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'prompt-lens-model-'));
  made.push(folder);
  cpSync(source, folder, { recursive: true });
  rmSync(join(folder, 'tokenizer.json'));
  if (file) writeFileSync(join(folder, 'tokenizer.model'), file);
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
  const checkpoint = await openCheckpoint(folder);
  try {
    const { tokens } = await checkpoint.prompt({ kind: 'raw', file: null, text, pieces: [] });
    return tokens.map(({ text: own, start, end }) => `${own} ${start}-${end}`);
  } finally {
    await checkpoint.close();
  }
}

async function refused(file: Uint8Array | null): Promise<string> {
  try {
    await opened(file, {}, 'hi');
    return 'opened';
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return `${error.problem.code}: ${wordsOf(error.problem.args[1])}`;
  }
}

describe.each([
  ['Unigram', 1],
  ['BPE', 2],
])('tokenizer.model of kind %s', (_, kind) => {
  it('begins with <s>, and ends with </s> only where the folder says so', async () => {
    expect(await opened(model(kind), {}, 'hi hi')).toEqual(['<s> 0-0', ' hi 0-2', ' hi 2-5']);
    const config = { add_bos_token: false, add_eos_token: true };
    expect(await opened(model(kind), config, 'hi')).toEqual([' hi 0-2', '</s> 2-2']);
  });

  it('puts a ▁ before each stretch, or before the first alone where the folder does not want the older way', async () => {
    const plain = { add_bos_token: false };
    expect(await opened(model(kind), plain, 'hi</s>hi')).toEqual([' hi 0-2', '</s> 2-6', ' hi 6-8']);
    expect(await opened(model(kind), { ...plain, legacy: false }, 'hi</s>hi')).toEqual([
      ' hi 0-2',
      '</s> 2-6',
      'hi 6-8',
    ]);
  });

  it('has one token for characters without an entry, and those that the folder adds', async () => {
    const config = { add_bos_token: false, added_tokens_decoder: { 9: { content: '<end>', special: true } } };
    expect(await opened(model(kind), config, 'hi中é')).toEqual([' hi 0-2', '<unk> 2-4']);
    expect(await opened(model(kind), config, 'hi<end>hi')).toEqual([' hi 0-2', '<end> 2-7', ' hi 7-9']);
  });
});

describe('a folder', () => {
  it('without a tokenizer, or with a damaged one, is refused in words', async () => {
    expect(await refused(null)).toBe('modelUnsupported: the folder has no file tokenizer.json');
    expect(await refused(Buffer.from('not a model'))).toBe('modelMalformed: it is not a SentencePiece model');
    expect(await refused(Buffer.alloc(0))).toBe('modelMalformed: it is not a SentencePiece model');
    expect(await refused(model(3))).toBe(
      'modelUnsupported: its tokenizer is of a kind that is not known here: SentencePiece WORD',
    );
    const table = field(3, field(2, Buffer.from([9, 0, 0, 0, 1])));
    expect(await refused(Buffer.concat([...own, table]))).toBe(
      'modelMalformed: the table precompiled_charsmap of its tokenizer is damaged',
    );
  });
});
