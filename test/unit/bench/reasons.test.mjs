import { describe, expect, it } from 'vitest';
import {
  coldReason,
  editReason,
  efficiencyReason,
  explanationReason,
  passReason,
  reasonLines,
  tapsReason,
} from '../../../bench/reasons.mjs';

describe('why a target was missed', () => {
  // 100 GFLOP at 500 GFLOP/s take at least 200 ms.
  const rates = { onnxruntime: 500, torch: 400 };
  const facts = { ours: 300, peer: 400, flop: 1e11, peerFlop: 1.2e11, rates };

  it('says so where even the full rate would not do', () => {
    const reason = passReason(facts, 2.3);
    expect(reason).toContain('take 200 ms, 2.00x');
    expect(reason).toContain('2.30x is out of reach');
  });

  it('says which share of the full rate the target takes where it is in reach', () => {
    const reason = passReason({ ...facts, peer: 920 }, 2.3);
    expect(reason).toContain('4.60x');
    expect(reason).toContain('takes 50 % of that rate');
    expect(reason).toContain('Ours runs at 333 GFLOP/s, transformers (120 GFLOP) at 130.');
  });

  it('splits a pass into its products and the rest', () => {
    const reason = efficiencyReason({ ours: 400, flop: 1e11, matmul: 500, products: 250 });
    expect(reason).toContain('80 % of the big');
    expect(reason).toContain('the other 150 ms (38 % of the pass)');
  });

  it('compares what the taps cost with a bare copy', () => {
    const reason = tapsReason({ ours: 120, plain: 100, bytes: 88e6, copy: 15 });
    expect(reason).toContain('88.0 MB in 20.0 ms more');
    expect(reason).toContain('1.15x');
  });

  it('sets an edit beside a pass over two tokens', () => {
    expect(editReason({ ours: 50, full: 300, two: 20 })).toContain(
      '20.0 ms, 1/15.0 of the full pass; the other 30.0 ms',
    );
  });

  it('says what is in reach of an explanation', () => {
    const reason = explanationReason({ ours: 800, peer: 1000, flop: 2e11, rates }, 3, 'the gradient');
    expect(reason).toContain("the gradient's 200 GFLOP take 400 ms, 2.50x, so 3.00x is out of reach");
    expect(reason).toContain('Ours runs at 250 GFLOP/s.');
  });

  it('names the stages of a start that were there', () => {
    const stages = { opening: 100, loading: 400 };
    expect(coldReason({ ms: 3200, stages, loadedMs: 3000, runMs: 150 })).toBe(
      'process start 100 ms, opening 300 ms, loading 2,600 ms, first run 150 ms; together 3,200 ms.',
    );
  });

  it('gives one line for each missed target and none for the others', () => {
    const time = (ms) => ({ median: ms });
    const times = {
      efficiency: { onnxruntime: time(40), torch: time(50) },
      pass64: { ours: time(50), transformers: time(60) },
    };
    const rows = [
      { id: 'pass64', met: false, target: { sense: 'atLeast', limit: 2.3 } },
      { id: 'pass512', met: true, target: { sense: 'atLeast', limit: 2.3 } },
      { id: 'activation', met: false, target: { sense: 'under', limit: 50 } },
    ];
    const activation = [
      { ms: 70, requireMs: 60, activateMs: 10 },
      { ms: 90, requireMs: 80, activateMs: 10 },
      { ms: 60, requireMs: 50, activateMs: 10 },
    ];
    const lines = reasonLines(rows, { times, flop: { pass64: 1e10, 'pass64.peer': 2e10, matmul: 2e10 }, activation });
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^missed: pass64: /);
    expect(lines[1]).toContain('reading the bundle takes 60.0 ms');
  });
});
