/**
 * The command line that reproduces what the panel shows, quoted for the shell it will be pasted into. Pure; used by
 * commands/copyCommandLine.ts.
 */
import type { EngineOptions } from '../protocol/engine';
import type { Intent, Selection } from '../protocol/panel';

export type Shell = 'posix' | 'powershell' | 'cmd';

/** One argument as the shell must be given it to hand on exactly `text`. Line breaks survive in posix and powershell only. */
export function quoted(text: string, shell: Shell): string {
  if (/^[\w@%+=:,./-]+$/.test(text) && !(shell !== 'posix' && /[%,@]/.test(text))) return text;
  if (shell === 'posix') return `'${text.replace(/'/g, `'\\''`)}'`;
  // In single quotes PowerShell knows one escape only, and takes typographic quotes for quotes too.
  if (shell === 'powershell') return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
  // cmd expands %NAME% even inside quotes; outside of them a caret stops that.
  return `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`.replace(/%/g, '"^%"');
}

export interface CommandLineRequest {
  /** Path as the shell's working folder sees it. */
  file: string;
  tab: Intent['tab'];
  selection: Selection;
  engine: Pick<EngineOptions, 'model' | 'provider' | 'precision' | 'threads'>;
  /** Candidates for each position. */
  top: number;
}

/** `prompt-lens probabilities prompt.txt --top 10`, with only those options that differ from the command line's own. */
export function commandLine({ file, tab, selection, engine, top }: CommandLineRequest, shell: Shell): string {
  const words = ['prompt-lens', ...analysisWords(tab, selection, file, top)];
  if (engine.model !== null) words.push('--model', engine.model);
  if (engine.provider !== 'auto') words.push('--provider', engine.provider);
  if (engine.precision !== 'exact') words.push('--precision', engine.precision);
  if (engine.threads > 0) words.push('--threads', String(engine.threads));
  return words.map((word) => quoted(word, shell)).join(' ');
}

function analysisWords(tab: Intent['tab'], { layer, head }: Selection, file: string, top: number): string[] {
  // A name that begins with a dash would be read as an option.
  const path = file.startsWith('-') ? `./${file}` : file;
  if (tab !== 'attention') return ['probabilities', path, '--top', String(top)];
  return layer !== null && head !== null
    ? ['attention', path, '--layer', String(layer), '--head', String(head)]
    : ['attention', path];
}

/** By the name of the shell's executable; by the platform when there is none. */
export function shellOf(executable: string, platform: string): Shell {
  const name = executable.split(/[\\/]/).at(-1)?.toLowerCase() ?? '';
  if (/^(pwsh|powershell)/.test(name)) return 'powershell';
  if (name.startsWith('cmd')) return 'cmd';
  if (name !== '') return 'posix';
  return platform === 'win32' ? 'powershell' : 'posix';
}
