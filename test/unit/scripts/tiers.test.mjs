import { describe, expect, it } from 'vitest';
import { add, countVitest, everyRun, judge, summary, tiers } from '../../../scripts/tiers.mjs';

const file = (status, ...tests) => ({ status, assertionResults: tests.map((each) => ({ status: each })) });

describe('counting tests', () => {
  it('counts every test once', () => {
    const report = { testResults: [file('failed', 'passed', 'failed'), file('passed', 'passed', 'pending')] };
    expect(countVitest(report)).toEqual({ passed: 2, failed: 1, skipped: 1 });
  });
  it('counts a file that does not load as a failure', () => {
    expect(countVitest({ testResults: [file('failed')] })).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
  it('never passes a tier in which nothing ran', () => {
    expect(judge({ passed: 0, failed: 0, skipped: 0 }, 0).failed).toBe(1);
  });
  it('never passes a tier that ended badly', () => {
    expect(judge({ passed: 3, failed: 0, skipped: 0 }, 1)).toEqual({ passed: 3, failed: 1, skipped: 0 });
    expect(judge({ passed: 3, failed: 2, skipped: 0 }, 1).failed).toBe(2);
  });
  it('keeps the names of the tests that passed on a later attempt only', () => {
    const counts = { passed: 1, failed: 0, skipped: 0 };
    expect(add(add(counts, { ...counts, flaky: ['a: one'] }), { ...counts, flaky: ['b: two'] }).flaky).toEqual([
      'a: one',
      'b: two',
    ]);
  });
  it('leaves only the long tier out of the default run', () => {
    expect(everyRun).toEqual(['checks', 'unit', 'reference', 'process', 'workbench']);
    expect(Object.keys(tiers)).toEqual([...everyRun, 'long']);
  });
  it('ends with one line, skipped only when there are any', () => {
    expect(summary(add({ passed: 1, failed: 0, skipped: 0 }, { passed: 2, failed: 1, skipped: 0 }))).toBe(
      '3 passed, 1 failed',
    );
    expect(summary({ passed: 1, failed: 0, skipped: 2 })).toBe('1 passed, 0 failed, 2 skipped');
  });
});
