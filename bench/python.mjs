// The Python peers: they run in a virtual environment of our own with pinned packages, or in the interpreter that
// PROMPT_LENS_BENCH_PYTHON names. A peer that cannot be installed is skipped, and the reason is given.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { has, must, run } from '../scripts/childProcess.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const environment = path.join(here, '.venv');
const interpreter =
  process.platform === 'win32'
    ? path.join(environment, 'Scripts', 'python.exe')
    : path.join(environment, 'bin', 'python');

const quiet = { quiet: true, env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1' } };

/** The pinned packages of a peer, one per line. */
const requirements = (peer) => path.join(here, 'peers', `${peer}.txt`);

/**
 * @param {'transformers' | 'llama' | 'attribution'} peer
 * @returns {Promise<string>} an interpreter that has this peer; rejects with the reason when there is none
 */
export async function interpreterFor(peer, say) {
  const given = process.env.PROMPT_LENS_BENCH_PYTHON;
  if (given) return given;
  if (!fs.existsSync(interpreter)) await createEnvironment(say);
  const wanted = fs.readFileSync(requirements(peer), 'utf8');
  const stamp = path.join(environment, `installed-${peer}.txt`);
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return interpreter;
  say(`Installing ${wanted.trim().split('\n').join(', ')} (once)`);
  await must(interpreter, ['-m', 'pip', 'install', '-r', requirements(peer)], quiet);
  fs.writeFileSync(stamp, wanted);
  return interpreter;
}

async function createEnvironment(say) {
  const candidates = process.platform === 'win32' ? ['py', 'python'] : ['python3', 'python'];
  for (const command of candidates) {
    if (!(await has(command))) continue;
    say('Making a Python environment in bench/.venv (once)');
    const { code, output } = await run(command, ['-m', 'venv', environment], quiet);
    if (code === 0) return;
    fs.rmSync(environment, { recursive: true, force: true });
    throw new Error(`python -m venv failed: ${lastLine(output)}`);
  }
  throw new Error('no Python is installed');
}

/** The line of error that pip or Python printed, or else the last line of the output. */
export function lastLine(output) {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return (lines.findLast((line) => /^(error|[\w.]*Error)\b/i.test(line)) ?? lines.at(-1) ?? 'no output').slice(0, 300);
}
