/** Writing files as a user experiences it: with the real command line on a real disk. */
import { execFileSync, spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, openSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const cli = path.resolve(__dirname, '../../dist/cli.js');
const folder = temporaryFolder();
const text = 'The capital of France is';
const linux = process.platform === 'linux' ? it : it.skip;

function run(words: string[], stdio: { stdin?: number; stdout?: number } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], {
    cwd: folder,
    encoding: 'utf8',
    stdio: [stdio.stdin ?? 'ignore', stdio.stdout ?? 'pipe', 'pipe'],
  });
  return { status, output: stdout, errors: stderr };
}

/**
 * Runs with a limit on the size of a file, in blocks of 1 kB: a write then fails in its middle, as on a full disk, and no privileges
 * are needed. SIGXFSZ is ignored, because it would end the process before it could report the error.
 */
function runWithin(blocks: number, words: string, env: Record<string, string> = {}) {
  const line = `ulimit -f ${blocks}; trap '' XFSZ; exec "${process.execPath}" "${cli}" ${words}`;
  const { status, stderr } = spawnSync('bash', ['-c', line], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, errors: stderr };
}

const leftOver = (place: string) => readdirSync(place).filter((name) => name.endsWith('.tmp'));

beforeEach(() => {
  writeFileSync(path.join(folder, 'in.txt'), text);
  writeFileSync(path.join(folder, 'long.txt'), `${text} `.repeat(20));
});

describe('an output over its own input', () => {
  linux('is refused by whatever way it is named, and the file stays', () => {
    symlinkSync('in.txt', path.join(folder, 'soft.txt'));
    linkSync(path.join(folder, 'in.txt'), path.join(folder, 'hard.txt'));
    const ways = [
      'in.txt',
      './in.txt',
      `../${path.basename(folder)}/in.txt`,
      'soft.txt',
      'hard.txt',
      path.join(folder, 'in.txt'),
    ];
    for (const way of ways) {
      const { status, errors } = run(['tokens', 'in.txt', '--csv', way]);
      expect([way, status]).toEqual([way, 2]);
      expect(errors).toMatch(
        /^prompt-lens: Writing \S+ would overwrite in\.txt, which this run reads\. Choose another name\.\n$/,
      );
    }
    const stdin = openSync(path.join(folder, 'in.txt'), 'r');
    expect(run(['tokens', '-', '--csv', 'in.txt'], { stdin }).errors).toContain('would overwrite standard input');
    expect(readFileSync(path.join(folder, 'in.txt'), 'utf8')).toBe(text);
  });
});

describe('standard output', () => {
  linux('that is full is told in one sentence', () => {
    const { status, errors } = run(['tokens', 'in.txt'], { stdout: openSync('/dev/full', 'w') });
    expect(status).toBe(1);
    expect(errors).toBe(
      'prompt-lens: standard output cannot be written: the disk is full. Free some space, or choose another disk.\n',
    );
  });

  linux('that nobody reads to its end is no failure', () => {
    const script = `"${process.execPath}" "${cli}" tokens in.txt | head -1; exit \${PIPESTATUS[0]}`;
    expect(execFileSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' })).toMatch(/^position/);
  });
});

describe('an output file', () => {
  linux('of a full device, a missing folder or a folder is told, and nothing is left behind', () => {
    mkdirSync(path.join(folder, 'taken'));
    const before = readdirSync(folder).sort();
    for (const [target, cause] of [
      ['/dev/full', 'the disk is full'],
      ['none/a', 'its folder does not exist'],
      ['taken', 'it is a folder'],
    ]) {
      for (const option of ['--csv', '--html']) {
        const { status, errors } = run(['tokens', 'in.txt', option, target]);
        expect([target, status]).toEqual([target, 1]);
        expect(errors).toContain(`prompt-lens: ${target} cannot be written: ${cause}.`);
        expect(errors.trim().split('\n')).toHaveLength(1);
      }
    }
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  linux('with --save on a disk that ends within it: nothing stays, and what stood there stays', () => {
    const target = path.join(folder, 'x.safetensors');
    writeFileSync(target, 'old');
    const { status, errors } = runWithin(20, 'attention in.txt --save x.safetensors');
    expect(status).toBe(1);
    expect(errors).toBe(
      'prompt-lens: x.safetensors cannot be written: the disk cannot hold a file of this size. Choose another folder.\n',
    );
    expect(readFileSync(target, 'utf8')).toBe('old');
    expect(leftOver(folder)).toEqual([]);
  });

  linux.each([
    ['tokens', '--csv'],
    ['tokens', '--html'],
    ['probabilities', '--svg'],
  ])('of %s %s on a disk that ends within it is told, and is not there', (command, option) => {
    const { status, errors } = runWithin(1, `${command} long.txt ${option} small.out`);
    expect(status).toBe(1);
    expect(errors).toMatch(
      /^prompt-lens: small\.out cannot be written: the disk cannot hold a file of this size\. [^\n]+\n$/,
    );
    expect(readdirSync(folder)).not.toContain('small.out');
    expect(leftOver(folder)).toEqual([]);
  });

  linux('that is standard output on such a disk is told too', () => {
    const { status, errors } = runWithin(1, 'tokens long.txt > stdout.txt');
    expect(status).toBe(1);
    expect(errors).toMatch(
      /^prompt-lens: standard output cannot be written: the disk cannot hold a file of this size\. [^\n]+\n$/,
    );
  });
});

describe('the cache of compiled graphs', () => {
  linux('on a disk that ends within it is told in words, and nothing half stays', () => {
    const cache = path.join(folder, 'cache');
    const { status, errors } = runWithin(1000, 'probabilities in.txt', { PROMPT_LENS_CACHE: cache });
    expect(status).toBe(1);
    expect(errors).toBe(
      `prompt-lens: The cache folder ${cache} cannot be written to: the disk cannot hold a file of this size. ` +
        'Free some space, or set PROMPT_LENS_CACHE to a folder that you can write to.\n',
    );
    expect(readdirSync(cache)).toEqual([]);
  });
});
