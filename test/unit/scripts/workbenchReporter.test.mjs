import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import Reporter from '../../workbench/reporter.mjs';

const folder = temporaryFolder();
const results = path.join(folder, 'results.json');

/** A test as Playwright hands it over: the durations of its attempts, and what came of them. */
const test = (title, outcome, durations = [1000]) => ({
  title,
  location: { file: '/specs/a.mjs' },
  expectedStatus: 'passed',
  outcome: () => outcome,
  results: durations.map((duration) => ({ duration })),
});

/** What a run of these tests says last, and how it ends. */
function ended(tests, { status = 'passed', broken = false } = {}) {
  const lines = [];
  vi.stubEnv('PROMPT_LENS_RESULTS', results);
  vi.spyOn(console, 'log').mockImplementation((line) => lines.push(line));
  const reporter = new Reporter();
  reporter.onBegin(null, { allTests: () => tests });
  if (broken) reporter.onError({ message: 'a worker ended' });
  const end = reporter.onEnd({ status });
  return { lines, status: end.status, counts: JSON.parse(fs.readFileSync(results, 'utf8')) };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('the end of a real-editor run', () => {
  it('names what passed on a later attempt only, before the count', () => {
    const { lines, status, counts } = ended([test('one', 'expected'), test('two', 'flaky', [1000, 2000])]);
    expect(lines.slice(-2)).toEqual(['flaky: a.mjs: two', '2 passed, 0 failed']);
    expect(lines[0]).toBe('   4.0 s a.mjs');
    expect([status, counts]).toEqual(['passed', { passed: 2, failed: 0, skipped: 0, flaky: ['a.mjs: two'] }]);
  });

  it('fails from three of them on', () => {
    const flaky = ['one', 'two', 'three'].map((title) => test(title, 'flaky'));
    expect(ended(flaky.slice(1)).status).toBe('passed');
    const { lines, status, counts } = ended(flaky);
    expect(lines.at(-1)).toBe('3 passed, 1 failed');
    expect([status, counts.failed]).toEqual(['failed', 1]);
  });

  it('counts what failed, and what never ran', () => {
    const { status, counts } = ended([
      test('one', 'unexpected'),
      test('two', 'skipped', []),
      test('three', 'expected'),
    ]);
    expect([status, counts]).toEqual(['failed', { passed: 1, failed: 2, skipped: 0, flaky: [] }]);
  });

  it('never passes a run that broke off', () => {
    expect(ended([test('one', 'expected')], { broken: true }).status).toBe('failed');
    expect(ended([test('one', 'expected')], { status: 'interrupted' }).status).toBe('failed');
  });
});
