// Runs the mocha suite of host/ in a desktop VS Code, for machines without the editor in the browser. VS Code is downloaded once;
// where that fails, a message says so and the suite counts as skipped.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { root } from '../../scripts/setup.mjs';
import { buildHostSuite, printResults, readResults } from './hostSuite.mjs';

const { values } = parseArgs({ options: { results: { type: 'string' } } });

async function suite(vscodeExecutablePath) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'prompt-lens-electron-'));
  try {
    const file = path.join(home, 'results.json');
    const workspace = path.join(home, 'workspace');
    fs.cpSync(path.join(root, 'examples'), workspace, { recursive: true });
    const extensionTestsEnv = { PROMPT_LENS_TEST_RESULTS: file };
    const launchArgs = [workspace, '--disable-extensions', '--disable-workspace-trust', `--user-data-dir=${home}/data`];
    const extensionTestsPath = await buildHostSuite();
    await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: root,
      extensionTestsPath,
      extensionTestsEnv,
      launchArgs,
    }).catch((error) => console.log(error.message));
    const results = readResults(file);
    if (results) printResults(results);
    return results ?? { passed: 0, failed: 1, skipped: 0 };
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

async function main() {
  let executable;
  try {
    executable = await downloadAndUnzipVSCode();
  } catch (error) {
    console.log(
      `VS Code could not be downloaded (${error instanceof Error ? error.message : error}): the tests in a real editor were not run.`,
    );
    return { passed: 0, failed: 0, skipped: 1 };
  }
  return suite(executable);
}

const counts = await main();
if (values.results) fs.writeFileSync(values.results, JSON.stringify(counts));
process.exit(counts.failed === 0 ? 0 : 1);
