import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commandLine, quoted, shellOf } from '../../../src/host/commandLine';
import { initialIntent } from '../../../src/host/session/panelDefaults';
import type { Intent } from '../../../src/protocol/panel';

const engine = { model: null, provider: 'auto', precision: 'exact', threads: 0 } as const;
const at = (tab: Intent['tab'], change: Partial<Intent> = {}): Intent => ({ ...initialIntent, tab, ...change });
const selection = { locked: null, hover: null, layer: null, head: null };

describe('the command line', () => {
  it('names only what differs from the defaults', () => {
    const request = { file: 'a.txt', intent: at('probabilities'), selection, engine, top: 10, second: null } as const;
    expect(commandLine(request, 'posix')).toBe('prompt-lens probabilities a.txt --top 10');
    const other = {
      ...request,
      engine: { model: '/m/x y.gguf', provider: 'cpu', precision: 'fast', threads: 4 } as const,
    };
    expect(commandLine(other, 'posix')).toBe(
      "prompt-lens probabilities a.txt --top 10 --model '/m/x y.gguf' --provider cpu --precision fast --threads 4",
    );
  });

  it('names the chosen head', () => {
    const request = {
      file: 'a.txt',
      intent: at('attention'),
      selection: { ...selection, layer: 20, head: 5 },
      engine,
      top: 10,
      second: null,
    } as const;
    expect(commandLine(request, 'posix')).toBe('prompt-lens attention a.txt --layer 20 --head 5');
  });

  it('does not take a file for an option', () => {
    const request = { file: '--help.txt', intent: at('attention'), selection, engine, top: 10, second: null } as const;
    expect(commandLine(request, 'posix')).toBe('prompt-lens attention ./--help.txt');
  });
});

describe('quoting', () => {
  const names = ['a b.txt', "it's.txt", 'say "hi".txt', '$HOME `id`.txt', '50%.txt', '提示.txt', 'a;b&c.txt', 'end\\'];

  it.runIf(process.platform !== 'win32').each(names)('posix: %s arrives as it is', (name) => {
    expect(execFileSync('sh', ['-c', `printf %s ${quoted(name, 'posix')}`], { encoding: 'utf8' })).toBe(name);
  });

  it('PowerShell doubles single quotes of every kind', () => {
    expect(quoted("it's ’n", 'powershell')).toBe("'it''s ’’n'");
    expect(quoted('a.txt', 'powershell')).toBe('a.txt');
  });

  it('cmd doubles back slashes before quotes and keeps percent signs', () => {
    expect(quoted('a b\\', 'cmd')).toBe('"a b\\\\"');
    expect(quoted('say "hi"', 'cmd')).toBe('"say \\"hi\\""');
    expect(quoted('50%.txt', 'cmd')).toBe('"50"^%".txt"');
  });
});

describe('the shell', () => {
  it('is known by its executable, else by the platform', () => {
    expect(shellOf('/bin/zsh', 'darwin')).toBe('posix');
    expect(shellOf('C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe', 'win32')).toBe('powershell');
    expect(shellOf('C:\\Windows\\System32\\cmd.exe', 'win32')).toBe('cmd');
    expect(shellOf('C:\\Program Files\\Git\\bin\\bash.exe', 'win32')).toBe('posix');
    expect(shellOf('', 'win32')).toBe('powershell');
    expect(shellOf('', 'linux')).toBe('posix');
  });
});
