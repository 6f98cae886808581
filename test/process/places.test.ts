/**
 * The command line in places where people really put it: a folder with spaces and Chinese characters in its path, which also holds home
 * and cache; a home that cannot be written; a machine on which ONNX Runtime cannot load.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { writeTinyLlama } from '../fixtures/tinyGguf';

const root = resolve(__dirname, '../..');
const place = join(temporaryFolder(), '提示 透镜 (copy 1)');
const home = join(place, '我的 主目录');
const runtime = join(place, 'node_modules', 'onnxruntime-node');
const library = join(runtime, 'bin/napi-v6', process.platform, process.arch);

beforeAll(() => {
  mkdirSync(home, { recursive: true });
  for (const name of readdirSync(join(root, 'dist')).filter((each) => each.endsWith('.js'))) {
    cpSync(join(root, 'dist', name), join(place, 'dist', name));
  }
  for (const name of ['package.json', 'models/manifest.json']) cpSync(join(root, name), join(place, name));
  for (const name of ['onnxruntime-node', 'onnxruntime-common', '@saehrimnir']) {
    const others = (path: string) =>
      !path.includes('napi-v6/') || path.includes(`/${process.platform}/${process.arch}`);
    const wanted = (path: string) => others(path) || new RegExp(`napi-v6/${process.platform}$`).test(path);
    const [from, to] = [join(root, 'node_modules', name), join(place, 'node_modules', name)];
    if (existsSync(from)) cpSync(from, to, { recursive: true, filter: wanted, dereference: true });
  }
  writeTinyLlama(home, {}, '小 模型.gguf');
  writeFileSync(join(home, '提示 词.txt'), 'the thing in on the');
});

function run(words: string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(place, 'dist/cli.js'), ...words], {
    cwd: home,
    encoding: 'utf8',
    env: { ...process.env, PROMPT_LENS_CACHE: '', XDG_CACHE_HOME: '', HOME: home, ...env },
  });
  return { status, output: stdout, errors: stderr };
}

const model = ['--model', '小 模型.gguf'];

describe.skipIf(process.platform !== 'linux')('a folder with spaces and Chinese characters', () => {
  it('is no hindrance from the first token to the last file', () => {
    const json = (words: string[]) => {
      const { status, output, errors } = run([...words, ...model, '--json']);
      expect([errors, status]).toEqual(['', 0]);
      return JSON.parse(output);
    };
    expect(json(['info']).model).toMatchObject({ name: '小 模型', path: expect.stringContaining('小 模型.gguf') });
    const { prompt } = json(['tokens', '提示 词.txt']);
    expect(prompt.rendered).toBe('the thing in on the');
    const files = ['--csv', '表 格.csv', '--svg', '图 片.svg', '--html', '网 页.html', '--save', '张 量.safetensors'];
    const { result } = json(['probabilities', '提示 词.txt', ...files]);
    expect(result.next[0].logprob).toBeLessThan(0);
    for (const name of files.filter((word) => !word.startsWith('--'))) expect(existsSync(join(home, name))).toBe(true);
    expect(json(['generate', '提示 词.txt', '--max-tokens', '3']).result.tokens.length).toBeGreaterThan(0);
    expect(json(['gradients', '提示 词.txt', '--method', 'input']).result.scores).toHaveLength(prompt.tokens.length);
    const cache = join(home, '.cache', 'prompt-lens');
    expect(readdirSync(cache).length).toBeGreaterThan(1);
    const cleared = run(['cache', '--clear', '--json']);
    expect(JSON.parse(cleared.output).result).toMatchObject({ folder: cache, bytes: 0 });
    expect(JSON.parse(cleared.output).result.freedBytes).toBeGreaterThan(100_000);
    expect(readdirSync(cache)).toEqual([]);
  });
});

describe.skipIf(process.platform !== 'linux')('a home that cannot be written', () => {
  const reasons = [
    ['a file', 'a part of its path is not a folder'],
    ['/proc/nowhere', 'the folder cannot be created'],
  ];
  it.each(reasons)('(%s) stops only what must be compiled, in one sentence', (name, reason) => {
    const nowhere = resolve(home, name);
    if (name === 'a file') writeFileSync(nowhere, '');
    const env = { HOME: nowhere };
    expect(run(['tokens', '提示 词.txt', ...model], env)).toMatchObject({ status: 0, errors: '' });
    expect(run(['info', ...model], env)).toMatchObject({ status: 0, errors: '' });
    const { status, errors } = run(['probabilities', '提示 词.txt', ...model], env);
    expect(status).toBe(1);
    expect(errors).toMatch(/^prompt-lens: The cache folder .* cannot be written to: .*PROMPT_LENS_CACHE.*\n$/);
    expect(errors).toContain(`cannot be written to: ${reason}. `);
  });
});

describe.skipIf(process.platform !== 'linux')('a machine on which ONNX Runtime cannot load', () => {
  it('hears the loader’s own sentence, and not that a restart helps', () => {
    rmSync(join(library, 'libonnxruntime.so.1'));
    const { status, errors } = run(['tokens', '提示 词.txt', ...model]);
    expect(status).toBe(1);
    expect(errors).toMatch(
      /^prompt-lens: The engine cannot start: libonnxruntime\.so\.1: cannot open shared object file: No such file or directory\. Install .*\n$/,
    );
    expect(errors).not.toMatch(/restart/i);
  });
});
