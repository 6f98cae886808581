/** Runs mocha inside the extension host; writes the results to a file and reports them to VS Code. hostSuite.mjs bundles it. */
import * as fs from 'node:fs';
import Mocha from 'mocha';

interface TestResult {
  title: string;
  state: 'passed' | 'failed' | 'skipped';
  error?: string;
}

/** `files`: one function per test file, which declares its tests. Rejects when a test failed or none ran. */
export async function runSuite(files: (() => unknown)[]): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 60_000 });
  mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, 'host', mocha);
  for (const declare of files) declare();
  const tests: TestResult[] = [];
  const add = (test: Mocha.Runnable, state: TestResult['state'], error?: Error) =>
    tests.push({ title: test.fullTitle(), state, ...(error ? { error: String(error.stack ?? error) } : {}) });
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => add(test, 'passed'));
    runner.on('fail', (test, error: Error) => add(test, 'failed', error));
    runner.on('pending', (test) => add(test, 'skipped'));
  });
  writeResults(tests);
  if (failures > 0) throw new Error(`${failures} tests failed`);
  if (tests.length === 0) throw new Error('no test ran');
}

function writeResults(tests: TestResult[]): void {
  const file = process.env.PROMPT_LENS_TEST_RESULTS;
  if (!file) return;
  const count = (state: TestResult['state']) => tests.filter((test) => test.state === state).length;
  const results = { passed: count('passed'), failed: count('failed'), skipped: count('skipped'), tests };
  fs.writeFileSync(`${file}.part`, JSON.stringify(results));
  fs.renameSync(`${file}.part`, file);
}
