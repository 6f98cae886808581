import { describe, expect, it } from 'vitest';
import { type EngineEnd, engineEnd, peakBytesIn } from '../../../src/client/engineEnd';
import { clause } from '../../../src/protocol/clauses';

const end = (parts: Partial<EngineEnd>) =>
  engineEnd({ code: 1, signal: null, lastLines: [], peakBytes: null, spoke: true, ...parts }).problem;

const loader = [
  'node:internal/modules/cjs/loader:1661',
  '  return process.dlopen(module, path.toNamespacedPath(filename));',
  '',
  "Error: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.28' not found (required by libonnxruntime.so.1)",
  '    at Module._extensions..node (node:internal/modules/cjs/loader:1661:18)',
  "  code: 'ERR_DLOPEN_FAILED'",
];

describe('the end of an engine', () => {
  it('by the system’s hand is told with what it held, and with the smaller form', () => {
    const problem = end({ code: null, signal: 'SIGKILL', peakBytes: 612e6 });
    expect(problem.message).toBe('The system ended the engine, probably for want of memory: the engine used 612 MB.');
    expect(problem.remedy).toContain('"fast"');
    expect(end({ code: null, signal: 'SIGKILL' }).message).toContain('the engine used more than was available.');
  });

  it.each([
    "terminate called after throwing an instance of 'std::bad_alloc'",
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    '# Fatal process OOM in Failed to reserve virtual memory for CodeRange',
    'RangeError: WebAssembly.Memory(): could not allocate memory',
  ])('for want of memory is told as that: %s', (line) => {
    expect(end({ code: null, signal: 'SIGABRT', lastLines: ['#', line, '#'], spoke: false }).code).toBe('engineKilled');
  });

  it('before it spoke is told in the words of the loader, and a restart is no remedy', () => {
    const problem = end({ lastLines: loader, spoke: false });
    expect(problem).toMatchObject({
      code: 'engineCannotStart',
      message:
        "The engine cannot start: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.28' not found (required by libonnxruntime.so.1).",
      detail: loader.join('\n'),
    });
    expect(problem.remedy).not.toMatch(/restart/i);
    expect(end({ code: 'spawn node ENOENT', spoke: false }).code).toBe('engineCannotStart');
  });

  it('after it spoke is a crash, its last words kept', () => {
    expect(end({ lastLines: loader })).toMatchObject({
      code: 'engineGone',
      args: [clause('exitCode', 1)],
      detail: loader.join('\n'),
    });
  });

  it.each([
    ['SIGSEGV', 139, 'it crashed with SIGSEGV'],
    ['SIGABRT', 134, 'it crashed with SIGABRT'],
    ['SIGFPE', 136, 'it crashed with SIGFPE'],
    ['SIGBUS', 135, 'a file that it read was truncated, or its disk failed, SIGBUS'],
    ['SIGILL', 132, 'this processor lacks an instruction that it uses, SIGILL'],
    ['SIGTERM', 143, 'another program ended it with SIGTERM'],
    ['SIGINT', 130, 'another program ended it with SIGINT'],
    ['SIGHUP', 129, 'another program ended it with SIGHUP'],
    ['SIGXCPU', 152, 'it reached a limit that is set for it, SIGXCPU'],
  ])('by %s, or by the exit code %i that a shell makes of it, is told in words', (signal, code, words) => {
    for (const way of [
      { code: null, signal },
      { code, signal: null },
    ]) {
      const problem = end(way);
      expect(problem).toMatchObject({ code: 'engineGone', message: `The engine stopped: ${words}.` });
      expect(problem.remedy).toBe('Run it again; --verbose shows its last output.');
    }
  });

  it('by exit code 137 is the system’s hand too', () => {
    expect(end({ code: 137, peakBytes: 612e6 }).message).toContain(
      'The system ended the engine, probably for want of memory: the engine used 612',
    );
  });

  it('on Windows is told from its status', () => {
    expect(end({ code: 0xc0000005 }).message).toBe('The engine stopped: it crashed with 0xC0000005.');
    expect(end({ code: 0xc0000005 | 0 }).message).toBe('The engine stopped: it crashed with 0xC0000005.');
    expect(end({ code: 0xc0000017 }).code).toBe('engineKilled');
    expect(end({ code: 0xc0000135, spoke: false }).message).toBe(
      'The engine cannot start: a system library that it needs is missing or incompatible, 0xC0000135.',
    );
  });

  it('before it spoke, by an instruction that is not there, is no matter of starting again', () => {
    expect(end({ code: null, signal: 'SIGILL', spoke: false }).code).toBe('engineCannotStart');
    expect(end({ code: null, signal: 'SIGSEGV', spoke: false }).code).toBe('engineGone');
  });

  it('by a signal that nothing is known of keeps its name', () => {
    expect(end({ code: null, signal: 'SIGPWR' }).args).toEqual([clause('signal', 'SIGPWR')]);
  });
});

it('reads the most memory that a process has held', () => {
  expect(peakBytesIn('Name:\tnode\nVmHWM:\t  1024 kB\nVmRSS:\t 512 kB\n')).toBe(1024 * 1024);
  expect(peakBytesIn('Name:\tnode\n')).toBeNull();
});
