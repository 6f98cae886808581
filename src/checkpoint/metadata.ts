/**
 * GGUF metadata with its types checked where it is read: a value of an unexpected type is reported as a damaged file and is not a
 * crash.
 */
import { type ClauseKey, clause } from '../protocol/clauses';
import type { GgufHeader } from './ggufHeader';
import { entriesOf, type HeaderValue, readValue } from './headerValues';
import { malformed } from './modelProblem';

export class Metadata {
  constructor(
    private readonly header: Pick<GgufHeader, 'bytes' | 'values'>,
    private readonly path: string,
  ) {}

  has(key: string): boolean {
    return this.header.values.has(key);
  }

  keys(): string[] {
    return [...this.header.values.keys()];
  }

  /** The value of a key; undefined when it is missing. */
  value(key: string): HeaderValue | undefined {
    const place = this.header.values.get(key);
    return place && readValue(this.header.bytes, place);
  }

  /** The number of entries of a list. */
  length(key: string): number {
    const place = this.header.values.get(key);
    const entries = place && entriesOf(this.header.bytes, place);
    if (entries === null || entries === undefined) throw this.wrong(key, 'aList');
    return entries;
  }

  /** A whole number within [least, most]. */
  count(key: string, least: number, most: number, fallback?: number): number {
    const value = this.number(key, fallback);
    if (!Number.isInteger(value) || value < least || value > most)
      throw malformed(this.path, clause('notWithin', key, value, least, most));
    return value;
  }

  number(key: string, fallback?: number): number {
    const value = this.value(key) ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.wrong(key, 'aNumber');
    return value;
  }

  string(key: string, fallback?: string): string {
    const value = this.value(key) ?? fallback;
    if (typeof value !== 'string') throw this.wrong(key, 'aText');
    return value;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.value(key) ?? fallback;
    if (typeof value !== 'boolean') throw this.wrong(key, 'trueOrFalse');
    return value;
  }

  strings(key: string): string[] {
    const value = this.value(key);
    if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string'))
      throw this.wrong(key, 'listOfTexts');
    return value;
  }

  numbers(key: string): number[] {
    const value = this.value(key);
    if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'number'))
      throw this.wrong(key, 'listOfNumbers');
    return value;
  }

  private wrong(key: string, kind: ClauseKey): Error {
    return malformed(this.path, this.has(key) ? clause('notOfKind', key, clause(kind)) : clause('missing', key));
  }
}
