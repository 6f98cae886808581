/** Entry of the command line: the real environment around program.ts. The engine's bundle lies beside this one. */
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startEngine } from '../inference/client';
import type { Environment, Stream } from './environment';
import { runCommandLine } from './program';

const defaultColumns = 80;

function stream(target: NodeJS.WriteStream): Stream {
  // A reader that has seen enough (`| head`) closes the pipe: that is no failure.
  target.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return {
    write: (text) => void target.write(text),
    isTerminal: target.isTTY === true,
    columns: target.columns ?? defaultColumns,
  };
}

async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const { version } = JSON.parse(readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8')) as { version: string };
const output = stream(process.stdout);
const environment: Environment = {
  output,
  errors: stream(process.stderr),
  colour: output.isTerminal && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
  version,
  readFile,
  readStandardInput,
  writeFile,
  connect: (onLog) => startEngine(path.join(__dirname, 'engine.js'), { env: process.env, onLog }),
};

void runCommandLine(process.argv.slice(2), environment).then((status) => {
  process.exitCode = status;
});
