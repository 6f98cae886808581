/** The spec of every tiny folder side by side, so that a change of any reader is seen in one place. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { families } from '../../../src/checkpoint/families/families';
import { readSpec } from '../../../src/checkpoint/openFolder';
import type { DecoderSpec } from '../../../src/checkpoint/types';
import { wordsOf } from '../../../src/protocol/clauses';
import { ProblemError } from '../../../src/protocol/problem';

const folders = join(__dirname, '..', '..', 'fixtures', 'families', 'folders');

const short = (value: number): string => String(Number(value.toPrecision(4)));
/** One entry where all blocks agree. */
const ofBlocks = (values: readonly string[]): string => (new Set(values).size === 1 ? values[0] : values.join(' '));

function row(spec: DecoderSpec): string[] {
  const { norm, placement, residual, queryKeyNorm: qk, mlp, positions, scale, cap, blocks } = spec;
  const tables = positions.tables.map(({ base, divisor, divisors, amplitude }) => {
    const listed = Array.isArray(divisors) ? `/${divisors.map(short).join(',')}` : '';
    return `${short(base)}${divisor === 1 ? '' : `/${divisor}`}${listed}${amplitude === 1 ? '' : `×${short(amplitude)}`}`;
  });
  return [
    `${spec.layers}·${spec.width} ${spec.heads}/${spec.keyValueHeads}×${spec.headWidth} ${spec.feedForward} ${spec.vocabulary} ${spec.context}`,
    `${norm.kind} ${short(norm.epsilon)} ${placement} ${residual}`,
    qk ? `${qk.span}${qk.after ? ' after' : ''}` : '–',
    `${mlp.gated ? 'gated ' : ''}${mlp.activation}`,
    positions.learned ? 'learned' : `${positions.rotated} of ${tables.join(' & ')}`,
    ofBlocks(blocks.map(({ rotary }) => String(rotary ?? '–'))),
    ofBlocks(blocks.map(({ window }) => String(window ?? '–'))),
    ofBlocks(blocks.map(({ scale: own }) => short(own))),
    `${short(scale.embedding)} ${short(scale.residual)} ${short(scale.logits)}`,
    `${cap.attention ?? '–'} ${cap.logits ?? '–'}`,
    spec.tied ? 'tied' : 'untied',
  ];
}

const head = [
  'folder',
  'layers·width heads/keys×channels inside rows context',
  'norms',
  'q/k norm',
  'MLP',
  'positions',
  'table',
  'window',
  'score scale',
  'embedding, residual, logit scale',
  'score, logit cap',
  'head',
];

const config = (name: string) => JSON.parse(readFileSync(join(folders, name, 'config.json'), 'utf8'));
const specOf = (name: string): DecoderSpec | null => {
  try {
    return readSpec(config(name), name).spec;
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
};

describe('the table of specs', () => {
  it('is the one that was looked at', async () => {
    const rows = readdirSync(folders).flatMap((name) => {
      const spec = specOf(name);
      return spec ? [[name, ...row(spec)]] : [];
    });
    const lines = [head, head.map(() => '---'), ...rows].map(
      (cells) => `| ${cells.join(' | ').replaceAll('–', '-')} |`,
    );
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(join(folders, '..', 'specs.md'));
  });

  it('has every family', () => {
    const seen = new Set(readdirSync(folders).map((name) => config(name).model_type));
    expect([...families.keys()].filter((family) => !seen.has(family))).toEqual([]);
  });

  it.each([
    ['qwen3_moe', 'the family "qwen3_moe" is not one of llama, mistral,'],
    ['bloom', 'the family "bloom" is not one of'],
    ['mamba', 'the family "mamba" is not one of'],
    ['opt-post-norm', 'it says do_layer_norm_before = false, which Prompt Lens does not compute'],
  ])('%s is refused in words', (name, words) => {
    let said = '';
    try {
      readSpec(config(name), name);
    } catch (error) {
      said = error instanceof ProblemError ? wordsOf(error.problem.args[1]) : String(error);
    }
    expect(said).toContain(words);
  });
});
