/** Hugging Face folders as people have them: what is found, what is refused, and in which words. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { families } from '../../../src/checkpoint/families/families';
import { openCheckpoint } from '../../../src/checkpoint/openCheckpoint';
import type { Checkpoint } from '../../../src/checkpoint/types';
import { wordsOf } from '../../../src/protocol/clauses';
import { ProblemError } from '../../../src/protocol/problem';
import { readSafetensors } from '../../fixtures/readSafetensors';
import { tinyGguf, writeGguf } from './tinyGguf';

const fixtures = join(__dirname, '..', '..', 'fixtures', 'families', 'folders');
const converted = join(__dirname, '..', '..', 'fixtures', 'families', 'converted');
const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

type Json = Record<string, unknown>;

class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'prompt-lens-folder-'));

  constructor(name: string) {
    made.push(this.path);
    cpSync(join(fixtures, name), this.path, { recursive: true });
  }

  json(name: string): Json {
    return JSON.parse(readFileSync(join(this.path, name), 'utf8'));
  }

  write(name: string, content: string | Uint8Array | Json): this {
    const plain = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(join(this.path, name), plain ? content : JSON.stringify(content));
    return this;
  }

  change(name: string, change: (value: Json) => void): this {
    const value = this.json(name);
    change(value);
    return this.write(name, value);
  }

  remove(name: string): this {
    rmSync(join(this.path, name));
    return this;
  }

  /** Rewrites the header of the weights; the data stays. */
  header(change: (header: Record<string, { dtype: string; shape: number[]; data_offsets: number[] }>) => void): this {
    const file = readFileSync(join(this.path, 'model.safetensors'));
    const length = Number(file.readBigUInt64LE(0));
    const header = JSON.parse(file.toString('utf8', 8, 8 + length));
    change(header);
    const text = Buffer.from(JSON.stringify(header));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    return this.write('model.safetensors', Buffer.concat([size, text, file.subarray(8 + length)]));
  }
}

async function opened<R>(path: string, look: (checkpoint: Checkpoint) => R | Promise<R>): Promise<R> {
  const checkpoint = await openCheckpoint(path);
  try {
    return await look(checkpoint);
  } finally {
    await checkpoint.close();
  }
}

async function problemOf(path: string): Promise<string> {
  const error: unknown = await opened(path, () => null).catch((one) => one);
  if (!(error instanceof ProblemError)) throw error ?? new Error('it was opened');
  return `${error.problem.code}: ${wordsOf(error.problem.args[1] ?? '')}`;
}

describe('a folder', () => {
  it('says what it is', () =>
    opened(join(fixtures, 'gemma2'), (checkpoint) => {
      expect(checkpoint).toMatchObject({ name: 'gemma2', family: 'gemma2', hasTemplate: false, endIds: [1] });
      expect(checkpoint.quantisation).toBe('F16');
      expect(checkpoint.tokenizer.text(1)).toBe('</s>');
    }));

  it('keeps the rows beyond its tokens and shows them as padding', () =>
    opened(join(fixtures, 'qwen2-padded'), ({ spec, tokenizer }) => {
      expect(tokenizer.size).toBe(spec.vocabulary);
      expect(tokenizer.text(spec.vocabulary - 1)).toBe(`[PAD ${spec.vocabulary - 1}]`);
      expect(tokenizer.encode('[PAD 320]').length).toBeGreaterThan(5);
    }));

  it('gives norms with 1 added, turned matrices and parts of stacked ones', async () => {
    const stored = (name: string) => readSafetensors(join(fixtures, name, 'model.safetensors'));
    await opened(join(fixtures, 'gpt2'), async (checkpoint) => {
      const { data } = stored('gpt2').get('transformer.h.1.attn.c_attn.weight') as { data: Float32Array };
      const keys = await checkpoint.readFloat32('blk.1.attn_k.weight');
      // [32 inputs, 96 outputs] → the second 32 outputs, [outputs, inputs].
      expect([keys[0], keys[1], keys[32]]).toEqual([data[32], data[96 + 32], data[33]]);
      expect(checkpoint.tensors.get('blk.1.attn_k.bias')?.shape).toEqual([32]);
    });
    await opened(join(fixtures, 'gemma2'), async (checkpoint) => {
      const norm = await checkpoint.readFloat32('blk.0.attn_norm.weight');
      expect(checkpoint.tensors.get('blk.0.attn_norm.weight')?.type).toBe('F32');
      expect(Math.abs(norm.reduce((a, b) => a + b, 0) / norm.length - 1)).toBeLessThan(0.2);
    });
  });

  it('may be named by a file in it, and may hold a GGUF file instead', async () => {
    for (const name of ['config.json', 'model.safetensors', 'tokenizer.json'])
      await opened(join(fixtures, 'gpt2', name), ({ family }) => expect(family).toBe('gpt2'));
    const folder = new Folder('gpt2').remove('config.json').write('a.gguf', writeGguf(tinyGguf()));
    await opened(folder.path, ({ family, path }) =>
      expect([family, path]).toEqual(['llama', join(folder.path, 'a.gguf')]),
    );
    folder.write('b.gguf', writeGguf(tinyGguf()));
    expect(await problemOf(folder.path)).toBe('modelUnsupported: the folder holds several models: a.gguf, b.gguf');
  });

  it('may hold the parts of one GGUF model, each of which stands for the whole', async () => {
    const parts = readdirSync(join(converted)).filter((name) => name.includes('-of-'));
    const folder = new Folder('bloom').remove('config.json');
    for (const name of parts) folder.write(name, readFileSync(join(converted, name)));
    const first = join(folder.path, parts[0]);
    const whole = await opened(join(fixtures, 'llama-yarn-own'), ({ tensors }) => [...tensors.keys()].sort());
    for (const path of [folder.path, first, join(folder.path, parts[3])])
      await opened(path, async (checkpoint) => {
        expect([checkpoint.path, checkpoint.name]).toEqual([first, 'llama-yarn-own']);
        expect([...checkpoint.tensors.keys()].sort()).toEqual(whole);
        expect(await checkpoint.isCurrent()).toBe(true);
      });
    const digests = await Promise.all(
      [first, join(folder.path, parts[1])].map((path) => opened(path, (c) => c.sha256)),
    );
    expect(digests[0]).toBe(digests[1]);
    folder.write(parts[2], readFileSync(join(converted, parts[1])));
    expect(await problemOf(first)).toBe('modelMalformed: it does not hold what its name says, part 3 of 4');
    folder.remove(parts[1]);
    expect(await problemOf(first)).toBe(`modelUnsupported: the folder has no file ${parts[1]}`);
  });

  it('notices that a part is written while the model is open', async () => {
    const folder = new Folder('bloom').remove('config.json');
    const parts = readdirSync(join(converted)).filter((name) => name.includes('-of-'));
    for (const name of parts) folder.write(name, readFileSync(join(converted, name)));
    await opened(folder.path, async (checkpoint) => {
      const changed = readFileSync(join(converted, parts[1]));
      changed[changed.length - 1] ^= 1;
      folder.write(parts[1], changed);
      expect(await checkpoint.isCurrent()).toBe(false);
    });
  });

  it('may read images as well, and is then opened as its decoder alone', () =>
    opened(join(fixtures, 'gemma3-multimodal'), ({ family, spec }) => {
      expect([family, spec.layers, spec.tied]).toEqual(['gemma3_text', 3, true]);
      expect(spec.blocks.map(({ window }) => window)).toEqual([5, null, 5]);
    }));

  it('has another digest when any file that says something changes', async () => {
    const folder = new Folder('gpt2');
    const before = await opened(folder.path, ({ sha256 }) => sha256);
    folder.change('tokenizer_config.json', (config) => {
      config.chat_template = '{{ messages[0].content }}';
    });
    const after = await opened(folder.path, ({ sha256, hasTemplate }) => [sha256, hasTemplate]);
    expect(after).toEqual([expect.not.stringMatching(before), true]);
  });

  it('notices that a file is written while it is open', async () => {
    const folder = new Folder('gpt2');
    await opened(folder.path, async (checkpoint) => {
      expect(await checkpoint.isCurrent()).toBe(true);
      folder.change('config.json', (config) => {
        config.n_head = 2;
      });
      expect(await checkpoint.isCurrent()).toBe(false);
      await expect(checkpoint.steadily(async () => 1)).rejects.toMatchObject({ problem: { code: 'modelChanged' } });
    });
  });

  it.each([
    ['chat_template.jinja', '{{ bos_token }}{{ messages[0].content }}'],
    ['chat_template.json', { chat_template: '{{ bos_token }}{{ messages[0].content }}' }],
    ['tokenizer_config.json', { bos_token: '<s>', chat_template: '{{ bos_token }}{{ messages[0].content }}' }],
    [
      'tokenizer_config.json',
      {
        bos_token: { content: '<s>' },
        chat_template: [
          { name: 'tool_use', template: 'no' },
          { name: 'default', template: '{{ bos_token }}{{ messages[0].content }}' },
        ],
      },
    ],
  ])('renders the template of %s', (name, content) =>
    opened(new Folder('gpt2').write(name, content).path, async (checkpoint) => {
      const messages = [{ role: 'user', content: 'boats', pieces: [] }];
      const prompt = await checkpoint.prompt({ kind: 'chat', file: null, messages, continueLast: false });
      expect([prompt.rendered, prompt.tokens[0].id]).toEqual(['<s>boats', 0]);
    }),
  );

  it('puts the beginning before raw text where tokenizer.json does', async () => {
    const folder = new Folder('gpt2').change('tokenizer.json', (tokenizer) => {
      const single = [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }];
      tokenizer.post_processor = { type: 'Sequence', processors: [{ type: 'TemplateProcessing', single }] };
    });
    await opened(folder.path, async (checkpoint) => {
      const prompt = await checkpoint.prompt({ kind: 'raw', file: null, text: 'boats', pieces: [] });
      expect(prompt.tokens[0]).toMatchObject({ id: 0, start: 0, end: 0 });
    });
  });

  it('may leave the first part of its names out, as the published GPT-2 does', async () => {
    const folder = new Folder('gpt2').header((header) => {
      for (const name of Object.keys(header)) {
        const short = name.replace(/^transformer\./, '');
        if (short === name) continue;
        header[short] = header[name];
        delete header[name];
      }
    });
    const [whole, bare] = await Promise.all(
      [join(fixtures, 'gpt2'), folder.path].map((path) =>
        opened(path, (checkpoint) => checkpoint.readFloat32('blk.2.ffn_down.weight')),
      ),
    );
    expect(bare).toEqual(whole);
  });

  it.each([
    ['gpt2', { n_ctx: 128, task_specific_params: { 'text-generation': { do_sample: true } }, resid_pdrop: 0.1 }],
    [
      'llama-linear',
      { is_llama_config: true, rope_interleaved: false, pretraining_tp: 1, 'transformers.js_config': {} },
    ],
    ['gemma2', { cache_implementation: 'hybrid', hidden_act: 'gelu', torch_dtype: 'bfloat16' }],
    ['phi3-window', { interpolate_factor: 1, full_attn_mod: 1, lm_head_bias: false, auto_map: {} }],
    ['smollm3', { _flash_attn_2_enabled: true, max_window_layers: 28, pretraining_tp: 2 }],
    ['opt', { prefix: '</s>', activation_dropout: 0 }],
    [
      'hunyuan-alpha',
      { use_cla: false, cla_share_factor: 2, use_qk_norm: true, dense_list: [32, 0], pool_type: 'last' },
    ],
    ['starcoder2', { norm_type: 'layer_norm', mlp_type: 'default', attention_softmax_in_fp32: true }],
    ['granite4-dense', { init_method: 'mup', normalization_function: 'rmsnorm', mamba_d_conv: 4 }],
  ])('%s may have the further keys of published files', async (name, keys) => {
    const before = await opened(join(fixtures, name), ({ spec }) => spec);
    const folder = new Folder(name).change('config.json', (config) => {
      Object.assign(config, keys);
    });
    expect(await opened(folder.path, ({ spec }) => spec)).toEqual(before);
  });

  it('ignores a second copy of a tied unembedding, and masks that old files keep', () => {
    const folder = new Folder('gpt2').header((header) => {
      const { 'transformer.wte.weight': table } = header;
      const size = Math.max(...Object.values(header).flatMap((entry) => entry.data_offsets ?? []));
      header['transformer.h.0.attn.bias'] = { dtype: 'BOOL', shape: [1, 1], data_offsets: [size, size + 1] };
      expect(table.shape).toEqual([312, 32]);
    });
    return opened(folder.path, ({ tensors }) => expect(tensors.has('blk.0.attn.bias')).toBe(false));
  });
});

describe('a folder is refused, or called damaged,', () => {
  const says = (key: string, value: string) =>
    `modelUnsupported: it says ${key} = ${value}, which Prompt Lens does not compute`;

  it.each<[string, (folder: Folder) => void, string]>([
    ['gpt2', (f) => f.remove('config.json'), 'modelUnsupported: the folder has no file config.json'],
    ['gpt2', (f) => f.remove('tokenizer.json'), 'modelUnsupported: the folder has no file tokenizer.json'],
    ['gpt2', (f) => f.remove('model.safetensors'), 'modelUnsupported: the folder has no file model.safetensors'],
    [
      'qwen3-window',
      (f) => f.remove('model-00002-of-00002.safetensors'),
      'modelUnsupported: the folder has no file model-00002-of-00002.safetensors',
    ],
    ['gpt2', (f) => f.write('config.json', '{"model_type"'), 'modelMalformed: it is not JSON'],
    ['gpt2', (f) => f.write('model.safetensors', 'short'), 'modelMalformed: it is not a safetensors file'],
    [
      'qwen3-window',
      (f) =>
        f.change('model.safetensors.index.json', (index) => {
          (index.weight_map as Json)['model.norm.weight'] = '../secret.safetensors';
        }),
      'modelMalformed: model.safetensors.index.json names ../secret.safetensors, which is no file of this folder',
    ],
    [
      'qwen3-window',
      (f) =>
        f.change('model.safetensors.index.json', (index) => {
          (index.weight_map as Json)['model.norm.weight'] = { toString: 1 };
        }),
      'modelMalformed: model.safetensors.index.json names {"toString":1}, which is no file of this folder',
    ],
    [
      'gpt2',
      (f) =>
        f.change('config.json', (config) => {
          config.model_type = { toString: 1 };
          config.text_config = {};
        }),
      `modelUnsupported: the family "unknown" is not one of ${[...families.keys()].join(', ')}`,
    ],
    [
      'gemma2',
      (f) => f.change('config.json', (config) => Object.assign(config, { query_pre_attn_scalar: -24 })),
      says('blocks.0.scale', 'NaN'),
    ],
    [
      'gemma2',
      (f) => f.change('config.json', (config) => Object.assign(config, { final_logit_softcapping: 0 })),
      says('logits', '0'),
    ],
    [
      'llama-linear',
      (f) => f.change('config.json', (config) => Object.assign(config, { head_dim: 2 ** 24 })),
      says('head_dim', '16777216'),
    ],
    [
      'llama-linear',
      (f) =>
        f.change('config.json', (config) => {
          config.rope_parameters = { rope_theta: 10_000, rope_type: 'constructor' };
        }),
      says('rope_type', '"constructor"'),
    ],
  ])('%s without a part (%#)', async (name, change, words) => {
    const folder = new Folder(name);
    change(folder);
    expect(await problemOf(folder.path)).toBe(words);
  });

  it.each<[string, string, unknown, string]>([
    ['gpt2', 'new_switch', 7, says('new_switch', '7')],
    ['gpt2', 'quantization_config', { bits: 4 }, says('quantization_config', '{"bits":4}')],
    ['gpt2', 'activation_function', 'mish', says('activation_function', '"mish"')],
    ['gpt2', 'n_head', 5, 'modelMalformed: n_head is not a number'],
    ['gpt2', 'n_embd', 'wide', 'modelMalformed: n_embd is not a number'],
    ['llama-linear', 'rope_parameters', { rope_type: 'mrope', rope_theta: 1e4 }, says('rope_type', '"mrope"')],
    ['llama-linear', 'rope_parameters', { rope_type: 'default', rope_theta: 1e4, twist: 2 }, says('twist', '2')],
    [
      'qwen3-window',
      'layer_types',
      ['full_attention', 'linear_attention', 'full_attention'],
      says('layer_types', '"linear_attention"'),
    ],
    ['granite4-dense', 'num_local_experts', 4, says('num_local_experts', '4')],
    ['stablelm', 'qk_layernorm', true, says('qk_layernorm', 'true')],
    ['opt', 'word_embed_proj_dim', 16, says('word_embed_proj_dim', '16')],
  ])('%s with %s = %j', async (name, key, value, words) => {
    const folder = new Folder(name).change('config.json', (config) => {
      config[key] = value;
    });
    expect(await problemOf(folder.path)).toBe(words);
  });

  it('with a tensor that nothing reads, one too few, or one of another shape or type', async () => {
    const renamed = (from: string, to: string) =>
      new Folder('llama-linear').header((header) => {
        header[to] = header[from];
        delete header[from];
      });
    const own = 'model.layers.1.self_attn.q_proj.weight';
    expect(await problemOf(renamed(own, 'model.layers.1.self_attn.extra').path)).toBe(
      'modelUnsupported: it has the tensor model.layers.1.self_attn.extra, which Prompt Lens does not compute',
    );
    const lacking = new Folder('llama-linear').header((header) => {
      delete header[own];
    });
    expect(await problemOf(lacking.path)).toBe(`modelMalformed: the tensor ${own} is missing`);
    const changed = (change: (entry: { dtype: string; shape: number[] }) => void) =>
      problemOf(new Folder('llama-linear').header((header) => change(header[own])).path);
    expect(await changed((entry) => entry.shape.splice(0, 2, 16, 64))).toBe(
      `modelMalformed: the tensor ${own} is 16 × 64, not 32 × 32`,
    );
    expect(await changed((entry) => (entry.dtype = 'I8'))).toBe(`modelUnsupported: the tensor ${own} is stored as I8`);
    expect(await changed((entry) => entry.shape.push(2))).toMatch(/^modelMalformed: the tensor .* impossible shape/);
  });

  it.each<[string, (tokenizer: Json) => void, string]>([
    ['another model', (t) => ((t.model as Json).type = 'WordPiece'), 'model: WordPiece'],
    ['a normaliser', (t) => (t.normalizer = { type: 'Lowercase' }), 'normalizer: Lowercase'],
    ['another cut', (t) => (t.pre_tokenizer = { type: 'Whitespace' }), 'pre_tokenizer: Whitespace'],
    ['dropout', (t) => ((t.model as Json).dropout = 0.1), 'dropout: 0.1'],
  ])('with a tokenizer that asks for %s', async (_, change, what) => {
    const folder = new Folder('gpt2').change('tokenizer.json', change);
    expect(await problemOf(folder.path)).toBe(
      `modelUnsupported: its tokenizer.json asks for ${what}, which Prompt Lens does not do`,
    );
  });
});
