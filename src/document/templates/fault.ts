/** What is wrong with a template, at a place of the template; the reader that knows the file turns it into a problem. */
import type { Argument, ClauseKey } from '../../protocol/clauses';

export class TemplateFault extends Error {
  readonly rest: readonly (Argument | number)[];

  /**
   * @param at UTF-16 offset in the template.
   * @param reason a clause that begins with the line {0} and the column {1}; `rest` fills {2} … of it.
   */
  constructor(
    readonly at: number,
    readonly reason: ClauseKey,
    ...rest: (Argument | number)[]
  ) {
    super(reason);
    this.name = 'TemplateFault';
    this.rest = rest;
  }
}

/** A stretch of a template as quoted in a sentence: short and on one line. */
export function quoted(template: string, start: number, end: number): string {
  const line = template
    .slice(start, Math.min(end, start + 200))
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
