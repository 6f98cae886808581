/**
 * Commands as lines for the shell that they are pasted into: quoted, and with the texts that are in no file. Pure; for commandLine.ts
 * and commands/copyCommandLine.ts.
 */

/** Windows' own PowerShell (5.1) hands quotes in arguments on otherwise than PowerShell 7 does. */
export type Shell = 'posix' | 'powershell' | 'windowsPowerShell' | 'cmd';

/** What a command reads: a file as the shell finds it, or a text that the line carries itself. */
export type ReadText = { readonly path: string } | { readonly text: string };

/** An argument, or a text where a command takes the path of a file. */
export type Word = string | ReadText;

/** By the name of the shell's executable; by the platform when there is none. */
export function shellOf(executable: string, platform: string): Shell {
  const name = executable.split(/[\\/]/).at(-1)?.toLowerCase() ?? '';
  if (name.startsWith('pwsh')) return 'powershell';
  if (name.startsWith('powershell')) return 'windowsPowerShell';
  if (name.startsWith('cmd')) return 'cmd';
  if (name !== '') return 'posix';
  return platform === 'win32' ? 'windowsPowerShell' : 'posix';
}

/** One argument as the shell must be given it to hand on exactly `text`. Line breaks do not survive in cmd. */
export function quoted(text: string, shell: Shell): string {
  // A word that begins with = is a command's path to zsh.
  if (/^(?!=)[\w@%+=:,./-]+$/.test(text) && !(shell !== 'posix' && /[%,@]/.test(text))) return text;
  switch (shell) {
    case 'posix':
      return `'${text.replace(/'/g, `'\\''`)}'`;
    case 'powershell':
      return literal(text);
    case 'windowsPowerShell':
      // It loses an empty argument, and puts quotes around one with spaces without a look at what is in it.
      return text === '' ? `'""'` : literal(/\s/.test(text) ? escaped(text) : text.replace(/(\\*)"/g, '$1$1\\"'));
    case 'cmd':
      // cmd expands %NAME% even inside quotes; outside of them a caret stops that.
      return `"${escaped(text)}"`.replace(/%/g, '"^%"');
  }
}

/** As a program on Windows reads it between quotes. */
function escaped(text: string): string {
  return text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1');
}

/** A text of PowerShell's: in single quotes it knows one escape only, and takes typographic quotes for quotes too. */
function literal(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}

/** The commands one below the other, after the lines that put their texts where they can be read. `program`: what runs each. */
export function shellLines(program: readonly string[], commands: readonly (readonly Word[])[], shell: Shell): string {
  const texts = [...new Set(commands.flatMap((words) => words.flatMap((word) => textOf(word) ?? [])))];
  const [only] = texts;
  const piped = shell === 'posix' && texts.length === 1;
  const lines = commands.map((words) => {
    const place = (text: string) => (piped ? '-' : held[shell].place(texts.indexOf(text)));
    const line = [...program.map((word) => quoted(word, shell)), ...words.map((word) => placed(word, shell, place))];
    const run = called(line.join(' '), shell);
    return piped && words.some((word) => textOf(word) === only) ? `printf %s ${quoted(only, shell)} | ${run}` : run;
  });
  return [...(piped ? [] : texts.map((text, index) => held[shell].write(text, index))), ...lines].join('\n');
}

function textOf(word: Word): string | undefined {
  return typeof word !== 'string' && 'text' in word ? word.text : undefined;
}

function placed(word: Word, shell: Shell, place: (text: string) => string): string {
  if (typeof word === 'string') return quoted(word, shell);
  if ('text' in word) return place(word.text);
  // A name that begins with a dash would be read as an option.
  return quoted(word.path.startsWith('-') ? `./${word.path}` : word.path, shell);
}

/** PowerShell takes a quoted program for a text unless it is called. */
function called(line: string, shell: Shell): string {
  return /powershell/i.test(shell) && line.startsWith("'") ? `& ${line}` : line;
}

interface Held {
  /** Puts a text into a file of its own, to the letter. */
  write(text: string, index: number): string;
  /** That file, as an argument. */
  place(index: number): string;
}

const named = (index: number) => `text${index + 1}`;

/** A pipe would end the text with a line break, and Windows' own PowerShell would write it in ASCII. */
const heldByPowerShell: Held = {
  write: (text, index) =>
    `$${named(index)} = [IO.Path]::GetTempFileName(); [IO.File]::WriteAllText($${named(index)}, ${literal(text)})`,
  place: (index) => `$${named(index)}`,
};

const held: Record<Shell, Held> = {
  posix: {
    write: (text, index) => `${named(index)}=$(mktemp) && printf %s ${quoted(text, 'posix')} > "$${named(index)}"`,
    place: (index) => `"$${named(index)}"`,
  },
  powershell: heldByPowerShell,
  windowsPowerShell: heldByPowerShell,
  // An argument of cmd holds no line break, and a line no more than 8191 characters: the text goes through base64.
  cmd: {
    write: (text, index) => {
      const [coded, plain] = ['b64', 'txt'].map((ending) => `"%TEMP%\\prompt-lens-${named(index)}.${ending}"`);
      const lines = base64Lines(text).map((line, at) => `${at === 0 ? '>' : '>>'}${coded} echo ${line}`);
      return [...lines, `certutil -f -decode ${coded} ${plain} >nul`].join('\n');
    },
    place: (index) => `"%TEMP%\\prompt-lens-${named(index)}.txt"`,
  },
};

const base64Columns = 4000;

function base64Lines(text: string): string[] {
  const coded = Buffer.from(text, 'utf8').toString('base64');
  const lines = Array.from({ length: Math.ceil(coded.length / base64Columns) }, (_, line) =>
    coded.slice(line * base64Columns, (line + 1) * base64Columns),
  );
  return lines.length > 0 ? lines : [''];
}
