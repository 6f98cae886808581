/** Entry of the command line: the real environment around program.ts. The engine's bundle lies in the same folder. */
import { fstatSync, readFileSync, writeSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { startEngine } from '../client/client';
import { identityOf, identityOfDescriptor } from '../files/identity';
import { notWritten, placeOf } from '../files/place';
import { writeWhole } from '../files/wholeFile';
import type { Environment, ServeOptions, Stream } from './environment';
import { standardOutput } from './outputs';
import { explained, runCommandLine } from './program';

const defaultColumns = 80;

function stream(target: NodeJS.WriteStream & { fd: number }): Stream {
  const fail = (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head`) closes the pipe, which is not a failure.
    if (error.code === 'EPIPE') process.exit(0);
    if (target !== process.stderr) process.stderr.write(`${explained(notWritten(standardOutput, error))}\n`);
    process.exit(1);
  };
  target.on('error', fail);
  const plain = isPlainFile(target.fd);
  return {
    write: (text) => (plain ? writeCounted(target.fd, text, fail) : void target.write(text)),
    isTerminal: target.isTTY === true,
    columns: target.columns ?? defaultColumns,
  };
}

function isPlainFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}

/** Node does not check how much of a text a file took: if the disk filled up midway, the rest would be missing silently. */
function writeCounted(fd: number, text: string, fail: (error: NodeJS.ErrnoException) => void): void {
  const bytes = Buffer.from(text);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
  } catch (error) {
    fail(error as NodeJS.ErrnoException);
  }
}

async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A separate bundle that is loaded on demand, so that other commands do not wait for the protocol's packages. */
function serve(options: ServeOptions): Promise<void> {
  const load = createRequire(__filename) as (file: string) => { serve: typeof serve };
  return load(path.join(__dirname, 'serve.js')).serve(options);
}

async function bundledFiles(): Promise<{ models: string[]; probes: string[] }> {
  const folder = path.join(__dirname, '..', 'models');
  const names = await readdir(folder).catch(() => []);
  const models = names.filter((name) => name.endsWith('.gguf')).map((name) => path.join(folder, name));
  return { models, probes: [path.join(folder, 'truth', 'probe.json')] };
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
  writeFile: writeWhole,
  checkPlace: async (name) => void (await placeOf(name)),
  identityOf: (name) => (name === '-' ? identityOfDescriptor(0) : identityOf(name)),
  bundledFiles,
  connect: (onLog) => startEngine(path.join(__dirname, 'engine.js'), { env: process.env, onLog }),
  serve,
};

void runCommandLine(process.argv.slice(2), environment).then((status) => {
  process.exitCode = status;
});
