/**
 * Everything that a result depends on besides its text, as sixteen hex digits: two exports with the same fingerprint and the same prompt
 * hold the same numbers. It is SHA-256 over canonical JSON (RFC 8785), without paths, times or the number of threads.
 */
import { createHash } from 'node:crypto';
import type { ModelInfo, RuntimeInfo } from '../protocol/model';

export interface Fingerprinted {
  model: Pick<ModelInfo, 'sha256'>;
  runtime: Pick<RuntimeInfo, 'weights' | 'precision' | 'provider' | 'onnxruntime'>;
  version: string;
  command: string;
  options: Record<string, unknown>;
  /** Hex digest of the probe's file; null for a command that reads none. */
  probe: string | null;
}

/** Options that say where something is read or written, or how it is shown, and so change no number. */
const withoutEffect = new Set([
  ...['model', 'provider', 'precision', 'threads', 'json', 'verbose'],
  ...['save', 'csv', 'excel', 'svg', 'html', 'run', 'output'],
  ...['from', 'probe', 'steer', 'axis', 'frozen', 'answers', 'text'],
]);

export function fingerprintOf({ model, runtime, version, command, options, probe }: Fingerprinted): string {
  const { weights, precision, provider, onnxruntime } = runtime;
  const kept = Object.entries(options).filter(([name]) => !withoutEffect.has(name));
  const facts = {
    ...{ model: model.sha256, weights, precision, provider, onnxruntime, version, command, probe },
    options: Object.fromEntries(kept),
  };
  return sha256(canonical(facts)).slice(0, 16);
}

/** The options of a command that change its result, in words: `target " London"`, `by word`; only those that are set. */
export function settingsOf(options: Record<string, unknown>): string[] {
  return Object.entries(options).flatMap(([name, value]) => (withoutEffect.has(name) ? [] : settingWords(name, value)));
}

const longestWords = 60;

/** A group of options is told by its members, a list of plain values by its name. */
function settingWords(name: string, value: unknown): string[] {
  if (value === undefined || value === null || value === '' || value === false) return [];
  if (Array.isArray(value) && value.every((each) => each === null || typeof each !== 'object'))
    return value.length === 0 ? [] : [`${name} ${shortened(value.join(', '))}`];
  if (Array.isArray(value)) return value.flatMap((each) => settingWords(name, each));
  if (typeof value === 'object') return Object.entries(value).flatMap(([each, own]) => settingWords(each, own));
  const text = String(value);
  return [`${name} ${shortened(/^\s|\s$/.test(text) ? `"${text}"` : text)}`];
}

function shortened(text: string): string {
  return text.length > longestWords ? `${text.slice(0, longestWords - 1)}…` : text;
}

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** RFC 8785: keys sorted by UTF-16 code units, numbers and texts as ECMAScript writes them, no white space. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`;
}
