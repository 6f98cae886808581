// Prints one line for each test as it ends; at the end the seconds of each file, the flaky tests by name, and the count. The counts also go
// into the file that run.mjs names.
import fs from 'node:fs';
import path from 'node:path';

/** Retries should stay rare: the run fails when at least this many tests passed on a later attempt only. */
const tooFlaky = 3;

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
const nameOf = (test) => `${path.basename(test.location.file)}: ${test.title}`;

/** The outcome of a test; one that never ran because the run broke off has failed. */
const outcomeOf = (test) => (test.results.length === 0 ? 'unexpected' : test.outcome());

function countsOf(tests) {
  const having = (...wanted) => tests.filter((test) => wanted.includes(outcomeOf(test)));
  return {
    passed: having('expected', 'flaky').length,
    failed: having('unexpected').length,
    skipped: having('skipped').length,
    flaky: having('flaky').map(nameOf),
  };
}

function printTimes(tests) {
  const spent = new Map();
  for (const test of tests) {
    const file = path.basename(test.location.file);
    const own = test.results.reduce((sum, { duration }) => sum + duration, 0);
    spent.set(file, (spent.get(file) ?? 0) + own);
  }
  for (const [file, ms] of [...spent].sort((a, b) => b[1] - a[1])) console.log(`${seconds(ms).padStart(8)} ${file}`);
}

export default class Reporter {
  onBegin(_, suite) {
    this.suite = suite;
    this.broken = false;
  }

  onTestEnd(test, result) {
    const ok = result.status === test.expectedStatus;
    const attempt = result.retry > 0 ? `, attempt ${result.retry + 1}` : '';
    console.log(`${ok ? 'ok' : 'FAILED'} - ${nameOf(test)} (${seconds(result.duration)}${attempt})`);
    if (ok) return;
    for (const { message, stack } of result.errors) console.log((stack ?? message ?? '').replace(/^/gm, '    '));
  }

  /** Text that tests print, such as the suite in the extension host. */
  onStdOut(text) {
    process.stdout.write(text);
  }

  onStdErr(text) {
    process.stderr.write(text);
  }

  /** An error outside every test: a file that cannot be loaded, a worker that ended. */
  onError({ message, stack }) {
    this.broken = true;
    console.log(stack ?? message);
  }

  onEnd({ status }) {
    const tests = this.suite.allTests();
    printTimes(tests);
    const counts = countsOf(tests);
    for (const name of counts.flaky) console.log(`flaky: ${name}`);
    if (counts.flaky.length >= tooFlaky) {
      console.log(`FAILED - ${counts.flaky.length} tests did not pass at once; fewer than ${tooFlaky} may.`);
      counts.failed++;
    }
    if (counts.failed === 0 && (this.broken || status === 'timedout' || status === 'interrupted')) counts.failed++;
    console.log(`${counts.passed} passed, ${counts.failed} failed`);
    if (process.env.PROMPT_LENS_RESULTS) fs.writeFileSync(process.env.PROMPT_LENS_RESULTS, JSON.stringify(counts));
    return { status: counts.failed === 0 ? 'passed' : 'failed' };
  }

  printsToStdio() {
    return true;
  }
}
