/** How the readers of formats without a template language report their variables. */
import type { Source } from './source';

/** Reports a variable with its text, which is returned. @param own where a text comes from that the user did not give */
export function found(
  source: Source,
  name: string,
  value: string | null,
  own: 'file' | 'beside' = 'file',
): string | null {
  const from = value === null ? null : Object.hasOwn(source.variables, name) ? 'given' : own;
  source.found?.set(name, { name, value, from });
  return value;
}
