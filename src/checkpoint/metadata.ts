/** GGUF metadata with its types checked where it is read: a value of another kind than expected is a damaged file, not a crash. */
import { malformed } from './modelProblem';

export class Metadata {
  constructor(
    private readonly values: ReadonlyMap<string, unknown>,
    private readonly path: string,
  ) {}

  has(key: string): boolean {
    return this.values.has(key);
  }

  /** A whole number within [least, most]; 64-bit values arrive as bigint. */
  count(key: string, least: number, most: number, fallback?: number): number {
    const value = this.number(key, fallback);
    if (!Number.isInteger(value) || value < least || value > most)
      throw malformed(this.path, `${key} is ${value}, not a whole number from ${least} to ${most}`);
    return value;
  }

  number(key: string, fallback?: number): number {
    const value = this.values.get(key) ?? fallback;
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isFinite(number)) throw this.wrong(key, 'a number');
    return number;
  }

  string(key: string, fallback?: string): string {
    const value = this.values.get(key) ?? fallback;
    if (typeof value !== 'string') throw this.wrong(key, 'a text');
    return value;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.values.get(key) ?? fallback;
    if (typeof value !== 'boolean') throw this.wrong(key, 'true or false');
    return value;
  }

  strings(key: string): string[] {
    const value = this.values.get(key);
    if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string'))
      throw this.wrong(key, 'a list of texts');
    return value;
  }

  numbers(key: string): number[] {
    const value = this.values.get(key);
    if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'number'))
      throw this.wrong(key, 'a list of numbers');
    return value;
  }

  private wrong(key: string, kind: string): Error {
    return malformed(this.path, this.has(key) ? `${key} is not ${kind}` : `${key} is missing`);
  }
}
