// The mocha suite of host/, inside the extension host of the same VS Code.
import { test } from '../fixtures.mjs';
import { runHostSuite } from '../hostSuite.mjs';

test('the suite in the extension host', async ({ bench }) => {
  const { passed, failed, skipped } = await runHostSuite(bench);
  bench.check.deepEqual({ failed, skipped }, { failed: 0, skipped: 0 });
  bench.check.ok(passed > 0, 'the suite has tests');
});
