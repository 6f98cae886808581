import { describe, expect, it } from 'vitest';
import { comparisonRows, engineRows, explanationRows, growthRows, rate, verdict } from '../../../bench/rows.mjs';

const time = (ms) => ({ median: ms, low: ms * 0.9, high: ms * 1.1 });
const flop = { probabilities256: 6e10, pass64: 1e10, pass512: 1e11, pass16x64: 2e11, matmul: 2e10 };
const times = {
  probabilities256: { ours: time(100), transformers: time(190) },
  pass64: { ours: time(50), transformers: time(114), lastRow: time(90), llama: time(130) },
  pass512: { ours: time(400), transformers: time(1000), lastRow: time(900), llama: time(1100) },
  pass16x64: { ours: time(500), transformers: time(1500), lastRow: time(1200) },
  taps256: { plain: time(100), ours: time(112), transformers: time(500) },
  edit512: { ours: time(50), full: time(400) },
  efficiency: { pass: time(400), onnxruntime: time(50), torch: time(80) },
  generation: { exact: time(13), llama: time(10), fast: time(10.1) },
};
const byId = (rows) => Object.fromEntries(rows.map((row) => [row.id, row]));

describe('verdicts', () => {
  it('meets a target at the limit itself, except one that must stay under it', () => {
    expect(verdict(2.3, { sense: 'atLeast', limit: 2.3 })).toBe(true);
    expect(verdict(2.29, { sense: 'atLeast', limit: 2.3 })).toBe(false);
    expect(verdict(1.12, { sense: 'atMost', limit: 1.12 })).toBe(true);
    expect(verdict(1.13, { sense: 'atMost', limit: 1.12 })).toBe(false);
    expect(verdict(3, { sense: 'under', limit: 3 })).toBe(false);
  });

  it('judges nothing without a value or without a target', () => {
    expect(verdict(null, { sense: 'atMost', limit: 1 })).toBeNull();
    expect(verdict(Number.NaN, { sense: 'atMost', limit: 1 })).toBeNull();
    expect(verdict(1, null)).toBeNull();
  });
});

describe('rows of the comparison', () => {
  const rows = byId(comparisonRows(times, flop));

  it('counts how many times faster than the peer we are', () => {
    expect(rows.probabilities256).toMatchObject({ ratio: 1.9, met: true });
    expect(rows.pass64.ratio).toBeCloseTo(2.28, 10);
    expect(rows.pass64.met).toBe(false);
    expect(rows.pass512).toMatchObject({ ratio: 2.5, met: true });
  });

  it('gives our time as a multiple where less is better', () => {
    expect(rows.taps256.met).toBe(true);
    expect(rows.edit512).toMatchObject({ ratio: 0.125, met: true });
    expect(rows['generation.exact']).toMatchObject({ ratio: 1.3, met: true });
    expect(rows['generation.fast'].met).toBe(false);
  });

  it('compares rates, not times, for the matrix work', () => {
    // 1e11 in 400 ms against 2e10 in 50 ms is 250 against 400 GFLOP/s.
    expect(rows.efficiency.ours.median).toBeCloseTo(250, 6);
    expect(rows.efficiency.peer.median).toBeCloseTo(400, 6);
    expect(rows.efficiency).toMatchObject({ ratio: 0.625, met: false });
    expect(rows['efficiency.torch']).toMatchObject({ ratio: 1, met: true });
  });

  it('turns the slow quartile of a time into the low one of a rate', () => {
    const { low, median, high } = rate(time(100), 1e9);
    expect(low).toBeLessThan(median);
    expect(high).toBeGreaterThan(median);
  });

  it('keeps a row whose peer was skipped, without a verdict', () => {
    const alone = { ...times, pass64: { ours: time(50) }, generation: { exact: time(13), fast: time(9) } };
    const without = byId(comparisonRows(alone, flop));
    expect(without.pass64).toMatchObject({ ratio: null, met: null, peer: null });
    expect(without.pass64.ours.median).toBe(50);
    expect(without['generation.exact'].met).toBeNull();
    expect(without['pass64.llama']).toBeUndefined();
    expect(without['pass512.llama'].ratio).toBe(2.75);
  });
});

describe('rows of the engine', () => {
  it('gives seconds, milliseconds and megabytes with their targets', () => {
    const rows = byId(
      engineRows({ coldCompiled: time(2900), coldEmpty: time(8100), activation: time(30), memory: time(1.3e9) }),
    );
    expect(rows['cold.compiled']).toMatchObject({ unit: 's', met: true });
    expect(rows['cold.compiled'].ours.median).toBeCloseTo(2.9, 10);
    expect(rows['cold.empty'].met).toBe(false);
    expect(rows.activation).toMatchObject({ unit: 'ms', met: true });
    expect(rows.memory).toMatchObject({ unit: 'MB', met: false });
  });

  it('says nothing of memory where the system does not tell', () => {
    const rows = byId(engineRows({ coldCompiled: time(1), coldEmpty: time(1), activation: time(1), memory: null }));
    expect(rows.memory).toMatchObject({ ours: null, met: null });
  });
});

describe('rows of the explanations', () => {
  const explained = {
    occlusion128: { ours: time(4000), knockout: time(4400), torch: time(15_000), captum: time(30_000) },
    gradient128: { ours: time(150), torch: time(400) },
    integrated128: { ours: time(5000) },
  };
  const rows = byId(explanationRows({ times: explained, firstScoresMs: 600 }));

  it('sets each explanation beside the peers that were there', () => {
    expect(rows['occlusion128.captum']).toMatchObject({ ratio: 7.5, met: true });
    expect(rows['occlusion128.torch']).toMatchObject({ ratio: 3.75, met: false });
    expect(rows['gradient128.torch'].met).toBe(true);
    expect(rows['occlusion128.knockout'].ratio).toBeCloseTo(1.1, 10);
  });

  it('keeps a target that was not measured and leaves out a peer without one', () => {
    expect(rows['integrated128.inseq']).toMatchObject({ ratio: null, met: null });
    expect(rows['gradient128.inseq']).toBeUndefined();
  });

  it('judges how soon the first scores are there', () => {
    expect(rows['occlusion128.first']).toMatchObject({ unit: 'ms', met: false });
  });
});

describe('growth', () => {
  it('fits an exponent to each kind that was measured', () => {
    const rows = growthRows({
      passGrowth: { 64: time(10), 128: time(20), 256: time(40) },
      generationGrowth: { 8: time(5), 16: time(5) },
    });
    expect(rows.map((row) => row.id)).toEqual(['pass', 'generation']);
    expect(rows[0].exponent).toBeCloseTo(1, 10);
    // Each token takes the same time however many there are, so the total grows linearly.
    expect(rows[1].exponent).toBeCloseTo(1, 10);
    expect(rows[0].points).toEqual([
      [64, 10],
      [128, 20],
      [256, 40],
    ]);
  });
});
