/** Copied commands as shells read them; the posix ones are really run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { quoted, shellLines, shellOf, type Word } from '../../../src/host/shellLines';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const posix = it.runIf(process.platform !== 'win32');

describe('quoting', () => {
  const names = [
    'a b.txt',
    "it's.txt",
    'say "hi".txt',
    '$HOME `id`.txt',
    '50%.txt',
    '提示.txt',
    'a;b&c.txt',
    'end\\',
    '=4',
  ];

  it('zsh finds no command in a word', () => {
    expect(quoted('=4', 'posix')).toBe("'=4'");
  });

  posix.each(names)('posix: %s arrives as it is', (name) => {
    expect(execFileSync('sh', ['-c', `printf %s ${quoted(name, 'posix')}`], { encoding: 'utf8' })).toBe(name);
  });

  it('PowerShell doubles single quotes of every kind', () => {
    expect(quoted("it's ’n", 'powershell')).toBe("'it''s ’’n'");
    expect(quoted('a.txt', 'powershell')).toBe('a.txt');
  });

  it('Windows’ own PowerShell is given quotes as the program reads them, and what is empty at all', () => {
    expect(quoted('say "hi"', 'powershell')).toBe(`'say "hi"'`);
    expect(quoted('say "hi"', 'windowsPowerShell')).toBe(`'say \\"hi\\"'`);
    expect(quoted('a b\\', 'windowsPowerShell')).toBe("'a b\\\\'");
    expect(quoted('it’s', 'windowsPowerShell')).toBe("'it’’s'");
    expect(quoted('', 'windowsPowerShell')).toBe(`'""'`);
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
    expect(shellOf('C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe', 'win32')).toBe(
      'windowsPowerShell',
    );
    expect(shellOf('/usr/bin/pwsh', 'linux')).toBe('powershell');
    expect(shellOf('C:\\Windows\\System32\\cmd.exe', 'win32')).toBe('cmd');
    expect(shellOf('C:\\Program Files\\Git\\bin\\bash.exe', 'win32')).toBe('posix');
    expect(shellOf('', 'win32')).toBe('windowsPowerShell');
    expect(shellOf('', 'linux')).toBe('posix');
  });
});

/** Texts without a final line break, with one, and with every character that is special to shells. */
const texts = ['The capital of France is', 'one\ntwo\n', '-n it\'s "so" $HOME `id` 50% \\n !! 提示 🙂\r\n\t', '%s\\'];

describe('a text that is in no file', () => {
  /** Prints each argument and the content that it names: standard input for `-`, otherwise the file. */
  const program = () => {
    const script = path.join(temporaryFolder(), 'reads.cjs');
    writeFileSync(
      script,
      `const { readFileSync } = require('node:fs');
       const read = (name) => name === '-' ? readFileSync(0, 'utf8') : name.startsWith('/') ? readFileSync(name, 'utf8') : name;
       console.log(JSON.stringify(process.argv.slice(2).map(read)));`,
    );
    return [process.execPath, script];
  };
  const run = (commands: Word[][]) => {
    const { stdout, stderr } = spawnSync('sh', ['-c', shellLines(program(), commands, 'posix')], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };

  posix.each(texts)('posix: %j goes through a pipe to the letter, for each command', (text) => {
    const twice = [
      ['first', { text }, '--top', '10'],
      ['second', { text }],
    ];
    expect(run(twice)).toEqual([
      ['first', text, '--top', '10'],
      ['second', text],
    ]);
    expect(
      run([
        ['generate', '--text', 'x'],
        ['truth', { text }],
      ]),
    ).toEqual([
      ['generate', '--text', 'x'],
      ['truth', text],
    ]);
  });

  posix('posix: several texts have a file each', () => {
    expect(run([texts.map((text) => ({ text }))])).toEqual([texts]);
    const line = shellLines(['prompt-lens'], [['patch', { text: 'a b' }, '--from', { text: 'c' }]], 'posix');
    expect(line).toBe(
      [
        'text1=$(mktemp) && printf %s \'a b\' > "$text1"',
        'text2=$(mktemp) && printf %s c > "$text2"',
        'prompt-lens patch "$text1" --from "$text2"',
      ].join('\n'),
    );
  });

  it('PowerShell writes it without a line break of its own, in UTF-8', () => {
    const line = shellLines(['node', 'C:\\a b\\cli.js'], [['tokens', { text: "it's\nso" }]], 'powershell');
    expect(line).toBe(
      [
        "$text1 = [IO.Path]::GetTempFileName(); [IO.File]::WriteAllText($text1, 'it''s\nso')",
        "node 'C:\\a b\\cli.js' tokens $text1",
      ].join('\n'),
    );
    const own = shellLines(['node', 'cli.js'], [['tokens', { text: 'say "hi"' }]], 'windowsPowerShell');
    expect(own).toContain(`WriteAllText($text1, 'say "hi"')`);
    expect(shellLines(['C:\\a b\\p.exe'], [['info']], 'windowsPowerShell')).toBe("& 'C:\\a b\\p.exe' info");
  });

  it('cmd takes it in pieces that fit into a line, and puts them together', () => {
    const text = texts.join('').repeat(100);
    const lines = shellLines(['prompt-lens'], [['tokens', { text }]], 'cmd').split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(8191);
    const pieces = lines.slice(0, -2);
    expect(pieces.length).toBeGreaterThan(1);
    const written = pieces.map((line, at) => {
      const [, sign, piece] = /^(>+)"%TEMP%\\prompt-lens-text1\.b64" echo ([\w+/=]+)$/.exec(line) ?? [];
      expect(sign).toBe(at === 0 ? '>' : '>>');
      return piece;
    });
    expect(Buffer.from(written.join(''), 'base64').toString('utf8')).toBe(text);
    expect(lines.slice(-2)).toEqual([
      'certutil -f -decode "%TEMP%\\prompt-lens-text1.b64" "%TEMP%\\prompt-lens-text1.txt" >nul',
      'prompt-lens tokens "%TEMP%\\prompt-lens-text1.txt"',
    ]);
  });

  it('is not there where all are files, whose names are no options', () => {
    expect(shellLines(['prompt-lens'], [['tokens', { path: '--help.txt' }]], 'posix')).toBe(
      'prompt-lens tokens ./--help.txt',
    );
  });
});
