// Every key and every tensor of a llama file is either computed, known to change nothing, or refused by its name.
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/openCheckpoint';
import { clause, wordsOf } from '../../../src/protocol/clauses';
import { ProblemError } from '../../../src/protocol/problem';
import { type TinyGguf, temporaryFile, tinyGguf, type Value, writeGguf } from './tinyGguf';

async function outcome(change: (file: TinyGguf) => void): Promise<string> {
  const file = tinyGguf();
  change(file);
  try {
    await (await openCheckpoint(temporaryFile(writeGguf(file)))).close();
    return 'opened';
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return `${error.problem.code}: ${wordsOf(error.problem.args[1])}`;
  }
}

const says = (key: string, value: string | number | boolean) =>
  `modelUnsupported: it says ${key} = ${value}, which Prompt Lens does not compute`;

/** Fractions such as 0.5 are written as floats, whole numbers as integers. */
const withKey = (key: string, value: Value) => outcome((file) => (file.metadata[key] = value));

/** The same file as another architecture. */
const renamed = (architecture: string, change: (file: TinyGguf) => void = () => {}) =>
  outcome((file) => {
    for (const key of Object.keys(file.metadata).filter((one) => one.startsWith('llama.'))) {
      file.metadata[key.replace('llama.', `${architecture}.`)] = file.metadata[key];
      delete file.metadata[key];
    }
    file.metadata['general.architecture'] = architecture;
    change(file);
  });

describe('a file of another family', () => {
  it('is opened where there is a reader for it', async () => {
    expect(await renamed('qwen2')).toBe('opened');
    expect(await renamed('granite')).toBe('opened');
    expect(await renamed('falcon-h1')).toBe('modelUnsupported: its family is falcon-h1');
  });

  it.each<[string, string, Value]>([
    ['qwen2', 'logit_scale', 0.5],
    ['qwen2', 'attention.sliding_window', 4],
    ['qwen2', 'something_new', 7],
    ['phi3', 'attention.clamp_kqv', 8],
  ])('%s.%s = %s is refused by name', async (architecture, key, value) => {
    const own = `${architecture}.${key}`;
    expect(await renamed(architecture, (file) => (file.metadata[own] = value))).toBe(says(own, String(value)));
  });

  it('has its tensors checked as its spec has them', async () => {
    expect(await renamed('qwen3')).toBe('modelMalformed: the tensor blk.0.attn_q_norm.weight is missing');
    const extra = (file: TinyGguf) => (file.tensors['blk.0.attn_q_norm.weight'] = { shape: [4] });
    expect(await renamed('qwen2', extra)).toBe(
      'modelUnsupported: it has the tensor blk.0.attn_q_norm.weight, which Prompt Lens does not compute',
    );
  });

  it('may have more rows than tokens', async () => {
    expect(await outcome((file) => (file.tensors['token_embd.weight'] = { shape: [270, 8] }))).toBe('opened');
    expect(await outcome((file) => (file.tensors['token_embd.weight'] = { shape: [260, 8] }))).toBe(
      'modelMalformed: the tensor token_embd.weight is 260 × 8, not 262 × 8',
    );
  });
});

describe('what a file says of its layers', () => {
  const specOf = async (
    architecture: string,
    keys: Record<string, Value>,
    change: (file: TinyGguf) => void = () => {},
  ) => {
    const file = tinyGguf();
    for (const key of Object.keys(file.metadata).filter((one) => one.startsWith('llama.'))) {
      const value = file.metadata[key];
      delete file.metadata[key];
      file.metadata[key.replace('llama.', `${architecture}.`)] = value;
    }
    file.metadata['general.architecture'] = architecture;
    for (const [key, value] of Object.entries(keys)) file.metadata[`${architecture}.${key}`] = value;
    change(file);
    const checkpoint = await openCheckpoint(temporaryFile(writeGguf(file)));
    await checkpoint.close();
    return { spec: checkpoint.spec, notes: (checkpoint.notes ?? []).map((note) => wordsOf(note)) };
  };

  it('scales its positions as yarn does, by its own numbers', async () => {
    const keys = {
      'rope.scaling.type': 'yarn',
      'rope.scaling.factor': 4.5,
      'rope.scaling.original_context_length': 16,
    };
    const { spec } = await specOf('llama', keys);
    const [table] = spec.positions.tables;
    expect(table.amplitude).toBeCloseTo(0.1 * Math.log(4.5) + 1, 12);
    expect(table.divisors).toHaveLength(2);
    const own = await specOf('llama', {
      ...keys,
      'rope.scaling.yarn_attn_factor': 1.5,
      'rope.scaling.attn_factor': 0.5,
    });
    expect(own.spec.positions.tables[0].amplitude).toBe(0.75);
  });

  it('divides by the factors of short prompts, and prompts end where they do', async () => {
    const { spec } = await specOf('phi3', { 'rope.scaling.original_context_length': 40 }, (file) => {
      file.tensors['rope_factors_short.weight'] = { shape: [2] };
      file.tensors['rope_factors_long.weight'] = { shape: [2] };
    });
    expect(spec.positions.tables[0].divisors).toEqual({ tensor: 'rope_factors_short.weight' });
    expect(spec.context).toBe(40);
  });

  it('switches the rotation of a granite off', async () => {
    const { spec } = await specOf('granite', { 'rope.scaling.finetuned': false });
    expect(spec.blocks[0].rotary).toBeNull();
    expect((await specOf('granite', { 'rope.scaling.finetuned': true })).spec.blocks[0].rotary).toBe(0);
  });

  it('says how many keys each layer has, which must be as many in all', async () => {
    expect((await specOf('granitehybrid', { 'attention.head_count_kv': [1] })).spec.keyValueHeads).toBe(1);
    await expect(specOf('granitehybrid', { 'attention.head_count_kv': [0] })).rejects.toMatchObject({
      problem: { code: 'modelUnsupported' },
    });
  });

  it('says what is assumed because it cannot be said', async () => {
    expect((await specOf('llama', {})).notes).toEqual([]);
    expect(
      (
        await specOf('starcoder2', { 'attention.layer_norm_epsilon': 0.5 }, (file) => {
          delete file.tensors['blk.0.ffn_gate.weight'];
        })
      ).notes,
    ).toEqual(['it does not say whether its layers have a window: none is assumed']);
  });

  it('keeps the number of rotated channels whole', async () => {
    const wide = (file: TinyGguf) => {
      for (const [name, tensor] of Object.entries(file.tensors)) {
        if (/attn_q/.test(name)) tensor.shape = [88, 8];
        if (/attn_[kv]/.test(name)) tensor.shape = [44, 8];
        if (/attn_output/.test(name)) tensor.shape = [8, 88];
      }
    };
    const { spec } = await specOf('qwen2', { 'attention.key_length': 44, 'rope.dimension_count': 30 }, wide);
    expect(spec.positions).toMatchObject({ rotated: 30, tables: [{ base: 10_000 }] });
  });
});

describe('a key', () => {
  it.each<[string, string | number | boolean]>([
    ['llama.attention.sliding_window', 4],
    ['llama.attention.scale', 0.25],
    ['llama.attention.causal', false],
    ['llama.logit_scale', 0.5],
    ['llama.embedding_scale', 4],
    ['llama.residual_scale', 0.25],
    ['llama.final_logit_softcapping', 30],
    ['llama.attn_logit_softcapping', 50],
    ['llama.use_parallel_residual', true],
    ['llama.vocab_size', 1000],
    ['llama.expert_used_count', 2],
    ['llama.rope.scaling.yarn_beta_fast', 32],
    ['llama.something_new', 7],
    ['tokenizer.ggml.add_space_prefix', true],
    ['tokenizer.ggml.something_new', 'x'],
    ['general.type', 'adapter'],
    ['general.quantization_version', 1],
    ['adapter.type', 'lora'],
  ])('%s = %s is refused by name', async (key, value) => {
    expect(await withKey(key, value)).toBe(says(key, value));
  });

  it.each<[string, Value, string]>([
    ['llama.rope.scaling.type', 'ntk', 'its rotary positions are scaled (ntk)'],
    ['llama.rope.dimension_count', 2, 'only 2 of the 4 channels of its heads rotate'],
    ['llama.attention.value_length', 8, 'its keys and values differ in width'],
    ['llama.expert_count', 8, 'it is a mixture of experts'],
    ['split.count', 2, 'it is one of 2 parts'],
  ])('%s = %s is refused in words', async (key, value, reason) => {
    expect(await withKey(key, value)).toBe(`modelUnsupported: ${reason}`);
  });

  it.each<[string, Value]>([
    ['general.name', 'Tiny'],
    ['general.license', 'apache-2.0'],
    ['general.type', 'model'],
    ['general.quantization_version', 2],
    ['split.count', 1],
    ['llama.vocab_size', 262],
    ['llama.attention.sliding_window', 64],
    ['llama.attention.sliding_window', 0],
    ['llama.attention.scale', 0.5],
    ['llama.attention.scale', 0],
    ['llama.logit_scale', 1],
    ['llama.expert_count', 0],
    ['llama.rope.scaling.type', 'none'],
    ['llama.rope.scaling.finetuned', false],
    ['tokenizer.ggml.add_bos_token', false],
    ['tokenizer.ggml.add_eos_token', false],
    ['tokenizer.ggml.seperator_token_id', 3],
    ['tokenizer.chat_template.tool_use', 'x'],
    ['quantize.imatrix.file', 'x'],
  ])('%s = %s changes nothing', async (key, value) => {
    expect(await withKey(key, value)).toBe('opened');
  });
});

describe('a tensor', () => {
  const withTensor = (name: string, ...shape: number[]) => outcome((file) => (file.tensors[name] = { shape }));

  it.each([
    ['blk.0.attn_q_norm.weight', 4],
    ['blk.0.attn_sub_norm.weight', 8],
    ['blk.0.attn_norm.bias', 8],
    ['blk.0.ffn_gate_inp.weight', 8],
    ['blk.1.attn_q.weight', 8],
    ['blk.0.rope_freqs.weight', 2],
    ['output.bias', 262],
    ['rope_factors_long.weight', 2],
    ['position_embd.weight', 8],
  ])('%s is refused by name', async (name, width) => {
    expect(await withTensor(name, width)).toBe(
      `modelUnsupported: it has the tensor ${name}, which Prompt Lens does not compute`,
    );
  });

  it.each([
    ['blk.0.attn_q.bias', 8],
    ['blk.0.attn_v.bias', 4],
    ['blk.0.ffn_down.bias', 8],
    ['rope_freqs.weight', 2],
  ])('%s is computed', async (name, width) => {
    expect(await withTensor(name, width)).toBe('opened');
    expect(await withTensor(name, width + 1)).toBe(`modelMalformed: the tensor ${name} is ${width + 1}, not ${width}`);
  });

  it('that lies on another one is refused', async () => {
    const bytes = writeGguf(tinyGguf());
    const name = Buffer.from('blk.0.ffn_up.weight');
    // After the name come the number of dimensions, two dimensions, the type and the offset.
    const at = bytes.indexOf(name) + name.length + 4 + 16 + 4;
    bytes.writeBigUInt64LE(bytes.readBigUInt64LE(at) - 32n, at);
    await expect(openCheckpoint(temporaryFile(bytes))).rejects.toMatchObject({
      problem: {
        code: 'modelMalformed',
        args: [expect.anything(), clause('tensorsOverlap', 'blk.0.ffn_gate.weight', 'blk.0.ffn_up.weight')],
      },
    });
  });
});

describe('a header', () => {
  it('is read wherever a value lies across the border of a block', async () => {
    const block = 1 << 20;
    for (const before of [1, 3, 5, 9, 11, 13, 17, 21, 25, 29]) {
      const key = 'general.description';
      const start = 24 + 8 + key.length + 4 + 8;
      const file = tinyGguf();
      file.metadata = { [key]: 'd'.repeat(block - start - before), ...file.metadata };
      const checkpoint = await openCheckpoint(temporaryFile(writeGguf(file), 'straddle.gguf'));
      expect([before, checkpoint.spec.layers]).toEqual([before, 1]);
      await checkpoint.close();
    }
  });

  it('with more list entries than any vocabulary is refused soon', async () => {
    const list = (name: string) => {
      const head = Buffer.alloc(8 + name.length + 16);
      head.writeBigUInt64LE(BigInt(name.length));
      head.write(name, 8);
      head.writeUInt32LE(9, 8 + name.length);
      head.writeUInt32LE(8, 12 + name.length);
      head.writeBigUInt64LE(1_000_000n, 16 + name.length);
      return Buffer.concat([head, Buffer.alloc(8_000_000)]);
    };
    const start = Buffer.alloc(24);
    start.write('GGUF');
    start.writeUInt32LE(3, 4);
    start.writeBigUInt64LE(5n, 16);
    const path = temporaryFile(Buffer.concat([start, ...Array.from('abcde', list)]));
    const before = process.cpuUsage();
    await expect(openCheckpoint(path)).rejects.toMatchObject({
      problem: { args: [path, clause('announcesMore', clause('arrayEntries'))] },
    });
    const { user, system } = process.cpuUsage(before);
    // Microseconds of this process, which other work on the machine does not stretch.
    expect(user + system).toBeLessThan(2_000_000);
  });

  it('that holds an entry twice is refused', async () => {
    const file = tinyGguf();
    file.metadata = { 'tokenizer.ggml.prf': 'x', ...file.metadata };
    const twice = writeGguf(file);
    twice.write('tokenizer.ggml.pre', twice.indexOf('tokenizer.ggml.prf'));
    await expect(openCheckpoint(temporaryFile(twice))).rejects.toMatchObject({
      problem: {
        code: 'modelMalformed',
        args: [expect.anything(), clause('entryTwice', 'tokenizer.ggml.pre')],
      },
    });
  });
});

describe('a tokenizer', () => {
  it('that marks the writing of a byte as a special token is refused', async () => {
    const found = await outcome((file) => {
      const types = [...(file.metadata['tokenizer.ggml.token_type'] as number[])];
      types[0xf0] = 3;
      file.metadata['tokenizer.ggml.token_type'] = types;
    });
    expect(found).toBe('modelUnsupported: its tokenizer does not give back the text "ð"');
  });

  it('that lacks a byte is refused', async () => {
    const found = await outcome((file) => {
      const tokens = [...(file.metadata['tokenizer.ggml.tokens'] as string[])];
      tokens['x'.charCodeAt(0)] = 'no byte';
      file.metadata['tokenizer.ggml.tokens'] = tokens;
    });
    expect(found).toBe('modelUnsupported: its tokenizer does not give back the text "x"');
  });

  it('that lacks a control character, as published ones do, is opened', async () => {
    const found = await outcome((file) => {
      const tokens = [...(file.metadata['tokenizer.ggml.tokens'] as string[])];
      for (const byte of [0x04, 0xf1, 0xff]) tokens[byte] = `no byte ${byte}`;
      file.metadata['tokenizer.ggml.tokens'] = tokens;
    });
    expect(found).toBe('opened');
  });

  it('of the bundled model is opened', async () => {
    await (await openCheckpoint('models/SmolLM2-135M-Instruct.Q4_1.gguf')).close();
  });

  it('puts its beginning before a text where llama.cpp and transformers do', async () => {
    const first = async (change: Record<string, Value>) => {
      const file = tinyGguf();
      Object.assign(file.metadata, change);
      const checkpoint = await openCheckpoint(temporaryFile(writeGguf(file)));
      const { tokens } = await checkpoint.prompt({ kind: 'raw', file: null, text: 'hello', pieces: [] });
      await checkpoint.close();
      return tokens.map(({ text }) => text);
    };
    const pre = (name: string) => ({ 'tokenizer.ggml.pre': name });
    expect(await first(pre('llama-bpe'))).toEqual(['<|im_start|>', 'hello']);
    expect(await first(pre('llama3'))).toEqual(['<|im_start|>', 'hello']);
    expect(await first({ ...pre('llama-bpe'), 'tokenizer.ggml.add_bos_token': false })).toEqual(['hello']);
    expect(await first(pre('smollm'))).toEqual(['hello']);
    expect(await first({ ...pre('gpt-2'), 'tokenizer.ggml.add_bos_token': true })).toEqual(['<|im_start|>', 'hello']);
    expect(
      await outcome((file) => {
        file.metadata['tokenizer.ggml.pre'] = 'llama-bpe';
        delete file.metadata['tokenizer.ggml.bos_token_id'];
      }),
    ).toBe('modelMalformed: tokenizer.ggml.bos_token_id is missing');
  });
});
