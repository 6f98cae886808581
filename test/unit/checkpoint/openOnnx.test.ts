/** ONNX exports as people have them: what is found, what is refused, and in which words. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/openCheckpoint';
import { decodeModel, encodeModel } from '../../../src/graph/onnxFormat';
import { wordsOf } from '../../../src/protocol/clauses';
import { ProblemError } from '../../../src/protocol/problem';

const fixtures = join(__dirname, '..', '..', 'fixtures', 'families');
const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

interface Tensor {
  name: string;
  dims: number[];
  dataType: number;
  rawData?: Uint8Array;
  externalData?: { key: string; value: string }[];
}
interface Model {
  producerName: string;
  graph: { node: { opType: string; input: string[]; output: string[] }[]; initializer: Tensor[] };
}

/** A copy of the export with the tokenizer of the folder that it was made from. */
function exported(name: 'neox-parallel' | 'qwen3-int4', change: (model: Model) => void = () => {}): string {
  const path = mkdtempSync(join(tmpdir(), 'prompt-lens-onnx-'));
  made.push(path);
  cpSync(join(fixtures, 'onnx', name), path, { recursive: true });
  const from = name === 'qwen3-int4' ? 'qwen3' : name;
  cpSync(join(fixtures, 'folders', from, 'tokenizer.json'), join(path, 'tokenizer.json'));
  const model = decodeModel(readFileSync(join(path, 'model.onnx'))) as unknown as Model;
  change(model);
  writeFileSync(join(path, 'model.onnx'), encodeModel(model));
  return path;
}

async function problemOf(path: string): Promise<string> {
  const error: unknown = await openCheckpoint(path).then(
    (checkpoint) => checkpoint.close(),
    (one) => one,
  );
  if (!(error instanceof ProblemError)) throw error ?? new Error('it was opened');
  return `${error.problem.code}: ${wordsOf(error.problem.args[1] ?? '')}`;
}

describe('an ONNX export', () => {
  it.each(['', 'model.onnx', 'config.json', 'tokenizer.json'])(
    'of optimum is named by its folder or by "%s"',
    async (file) => {
      const path = exported('neox-parallel');
      const checkpoint = await openCheckpoint(join(path, file));
      expect(checkpoint).toMatchObject({ path: join(path, 'model.onnx'), family: 'gpt_neox', quantisation: 'F32' });
      expect(checkpoint.spec).toMatchObject({ layers: 2, residual: 'parallel', tied: false });
      expect(checkpoint.tensors.get('blk.1.attn_k.bias')?.shape).toEqual([32]);
      await checkpoint.close();
    },
  );

  it('of onnxruntime-genai needs no config.json: the graph says the rest', async () => {
    const checkpoint = await openCheckpoint(exported('qwen3-int4'));
    const { spec, quantisation, family } = checkpoint;
    expect([family, quantisation, spec.tied, spec.headWidth, spec.feedForward]).toEqual([
      'qwen3',
      '4 bit',
      true,
      16,
      56,
    ]);
    expect(spec.norm.epsilon).toBeCloseTo(1e-6, 9);
    const [{ base, divisors, amplitude }] = spec.positions.tables;
    expect([base, amplitude]).toEqual([1, 1]);
    (divisors as number[]).forEach((one, pair) => {
      expect(one / 10_000 ** (pair / 8)).toBeCloseTo(1, 5);
    });
    await checkpoint.close();
  });

  it('never reads outside its folder', async () => {
    for (const location of ['../model.onnx.data', '/etc/passwd', '..\\data', '..', '']) {
      const path = exported('qwen3-int4', ({ graph }) => {
        for (const { externalData } of graph.initializer)
          for (const entry of externalData ?? []) if (entry.key === 'location') entry.value = location;
      });
      expect(await problemOf(path)).toBe(
        `modelMalformed: model.onnx names ${location}, which is no file of this folder`,
      );
    }
  });

  it('has data that lies within its file', async () => {
    const path = exported('qwen3-int4', ({ graph }) => {
      const entry = graph.initializer[3].externalData?.find(({ key }) => key === 'offset');
      if (entry) entry.value = '999999999';
    });
    expect(await problemOf(path)).toMatch(/^modelMalformed: the tensor \S+ lies beyond the end of the file$/);
    const without = exported('qwen3-int4');
    rmSync(join(without, 'model.onnx.data'));
    expect(await problemOf(without)).toBe('modelUnsupported: the folder has no file model.onnx.data');
  });

  it('whose casts lead in a circle, or whose blocks have no whole size, is refused', async () => {
    const circle = exported('neox-parallel', ({ graph }) => {
      const linear = graph.node.filter(({ opType }) => opType === 'MatMul').at(-1);
      if (linear) linear.input[1] = 'circle';
      graph.node.push({ opType: 'Cast', input: ['circle'], output: ['circle'] });
    });
    expect(await problemOf(circle)).toMatch(/^modelUnsupported: /);
    const flat = exported('neox-parallel', ({ graph }) => {
      graph.initializer[0].dims = new Array<number>(200_000).fill(1);
    });
    expect(await problemOf(flat)).toBe('modelMalformed: it is no ONNX file');
  });

  it('has a use for every weight', async () => {
    const extra = { name: 'adapter.lora_A', dims: [4], dataType: 1, rawData: new Uint8Array(16) };
    expect(await problemOf(exported('neox-parallel', ({ graph }) => graph.initializer.push(extra)))).toBe(
      'modelUnsupported: it has the tensor adapter.lora_A, which Prompt Lens does not compute',
    );
  });

  it('that is something else is refused by its producer', async () => {
    const path = exported('neox-parallel', (model) => {
      model.producerName = 'tf2onnx';
      model.graph.node = model.graph.node.filter(({ opType }) => opType !== 'Gather');
    });
    expect(await problemOf(path)).toBe(
      'modelUnsupported: it is an ONNX graph by tf2onnx that is not a text decoder as optimum and onnxruntime-genai export it (at input_ids)',
    );
    writeFileSync(join(path, 'model.onnx'), 'no graph');
    expect(await problemOf(path)).toBe('modelMalformed: it is no ONNX file');
    writeFileSync(join(path, 'other.onnx'), '');
    rmSync(join(path, 'model.onnx'));
    writeFileSync(join(path, 'third.onnx'), '');
    expect(await problemOf(path)).toBe('modelUnsupported: the folder holds several models: other.onnx, third.onnx');
  });

  it('must not contradict its configuration', async () => {
    const path = exported('neox-parallel');
    const config = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'));
    const write = (own: object) => writeFileSync(join(path, 'config.json'), JSON.stringify({ ...config, ...own }));
    write({ num_hidden_layers: 3 });
    expect(await problemOf(path)).toBe('modelUnsupported: it says layers = 2, which Prompt Lens does not compute');
    write({ layer_norm_eps: 0.5 });
    expect(await problemOf(path)).toMatch(/^modelUnsupported: it says epsilon = /);
    write({ rotary_emb_base: 500 });
    expect(await problemOf(path)).toBe(
      'modelUnsupported: it says rope_theta = 500, which Prompt Lens does not compute',
    );
  });
});
