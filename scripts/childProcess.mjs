// Runs one command to its end. Standard input is always closed, so that no command waits for a keyboard.
// Uses only Node's own modules, because it runs before the dependencies are installed.
import { spawn } from 'node:child_process';

/**
 * Rejects only when the command cannot be started; a failing command resolves with its exit code.
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean, shell?: boolean}} [options] quiet: keep the output instead of showing it
 * @returns {Promise<{code: number, output: string}>} output is empty unless quiet
 */
export function run(command, args, { quiet = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options,
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    });
    let output = '';
    child.stdout?.on('data', (text) => {
      output += text;
    });
    child.stderr?.on('data', (text) => {
      output += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 1 : 0), output }));
  });
}

/** Like run, but rejects with the command and the end of its output when it fails. */
export async function must(command, args, options = {}) {
  const result = await run(command, args, options);
  if (result.code !== 0) {
    throw new Error(
      `${[command, ...args].join(' ')} failed with exit code ${result.code}\n${result.output.slice(-3000)}`.trim(),
    );
  }
  return result;
}

/** Whether this command is on PATH. */
export async function has(command) {
  const [program, args] = process.platform === 'win32' ? ['where', [command]] : ['sh', ['-c', `command -v ${command}`]];
  return (await run(String(program), [...args], { quiet: true })).code === 0;
}

/** The environment for npm in another folder, without the variables in which npm describes our own package. */
export function npmEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(package_|lifecycle_|config_local_prefix|command)/i.test(name),
    ),
  );
}

/** Runs npm: the same npm that started this process, if there is one. */
export function npm(args, options = {}) {
  const own = process.env.npm_execpath;
  const env = npmEnvironment();
  if (own?.endsWith('.js')) return must(process.execPath, [own, ...args], { env, ...options });
  return must('npm', args, { env, shell: process.platform === 'win32', ...options });
}
