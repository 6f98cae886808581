/** Commands as lines for the shell that they are pasted into: quoted, and with the texts that are in no file. Pure. */

/** Windows' own PowerShell (5.1) passes quotes in arguments on differently from PowerShell 7. */
export type Shell = 'posix' | 'powershell' | 'windowsPowerShell' | 'cmd';

/** The input of a command: a file as the shell finds it, or a text that the line itself carries. */
export type ReadText = { readonly path: string } | { readonly text: string };

/** An argument, or a text where a command takes a file's path. */
export type Word = string | ReadText;

/** Chosen by the name of the shell's executable, or by the platform when there is none. */
export function shellOf(executable: string, platform: string): Shell {
  const name = executable.split(/[\\/]/).at(-1)?.toLowerCase() ?? '';
  if (name.startsWith('pwsh')) return 'powershell';
  if (name.startsWith('powershell')) return 'windowsPowerShell';
  if (name.startsWith('cmd')) return 'cmd';
  if (name !== '') return 'posix';
  return platform === 'win32' ? 'windowsPowerShell' : 'posix';
}

/** One argument, quoted so that the shell passes on exactly `text`. Line breaks do not survive in cmd. */
export function quoted(text: string, shell: Shell): string {
  // zsh takes a word that begins with = for a command's path.
  if (/^(?!=)[\w@%+=:,./-]+$/.test(text) && !(shell !== 'posix' && /[%,@]/.test(text))) return text;
  switch (shell) {
    case 'posix':
      return `'${text.replace(/'/g, `'\\''`)}'`;
    case 'powershell':
      return literal(text);
    case 'windowsPowerShell':
      // This PowerShell drops an empty argument, and puts quotes around one with spaces without checking its content.
      return text === '' ? `'""'` : literal(/\s/.test(text) ? escaped(text) : text.replace(/(\\*)"/g, '$1$1\\"'));
    case 'cmd':
      // cmd expands %NAME% even inside quotes; outside them a caret prevents that.
      return `"${escaped(text)}"`.replace(/%/g, '"^%"');
  }
}

/** The text as a program on Windows reads it between quotes. */
function escaped(text: string): string {
  return text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1');
}

/** A PowerShell string: single quotes allow only one escape, and typographic quotes count as quotes too. */
function literal(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}

/** The commands one below the other, after the lines that make their texts readable. `program`: runs each of them. */
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

/** PowerShell takes a quoted program for a string unless it is called with `&`. */
function called(line: string, shell: Shell): string {
  return /powershell/i.test(shell) && line.startsWith("'") ? `& ${line}` : line;
}

interface Held {
  /** Writes a text unchanged to a separate file. */
  write(text: string, index: number): string;
  /** That file as an argument. */
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
  // An argument in cmd cannot hold a line break, and a line is limited to 8191 characters, so the text is passed as base64.
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
