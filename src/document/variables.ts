/** How the readers of formats without a template language report their variables. */
import type { Source } from './source';

/** Reports a variable with its text, which is returned. */
export function found(source: Source, name: string, value: string | null): string | null {
  const from = value === null ? null : Object.hasOwn(source.variables, name) ? 'given' : 'file';
  source.found?.set(name, { name, value, from });
  return value;
}
