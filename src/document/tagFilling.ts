/** Fills `{{name}}` in texts that are templates only where somebody gives values: a tag without a value stays as it is written. */
import { ContentBuilder } from './contentBuilder';
import type { Source } from './source';
import type { MappedText } from './templates/mappedText';
import { found } from './variables';

const tag = /\{\{-?\s*([\p{L}_$][\p{L}\p{N}_.-]*?)\s*-?\}\}/gu;

/** A tag with more than a name in it: a filter, a subscript or a call. */
const expressionTag = /\{\{-?\s*[\p{L}_$][\p{L}\p{N}_.-]*\s*[|([][^{}\n]{0,200}\}\}/gu;

/** Python's format strings, in which doubled braces are braces. */
export const braceTag = /\{\{|\}\}|\{([A-Za-z_]\w*)\}/g;

export class TagFilling {
  /** The tags that hold more than a name, which stay as they are written. */
  readonly kept = new Set<string>();

  /**
   * @param values the file's own values, or those of a file beside it, which those of the user override
   * @param pattern global; the first of its groups that takes part is the variable's name. Where none does, what is found stands for its first
   * character, as `{{` does for `{`
   */
  constructor(
    private readonly source: Source,
    private readonly values: ReadonlyMap<string, string> = new Map(),
    private readonly pattern: RegExp = tag,
    private readonly from: 'file' | 'beside' = 'file',
  ) {}

  fill(text: MappedText): MappedText {
    if (this.pattern === tag) for (const [whole] of text.content.matchAll(expressionTag)) this.kept.add(whole);
    const tags = [...text.content.matchAll(this.pattern)];
    if (tags.length === 0) return text;
    const content = new ContentBuilder();
    let from = 0;
    for (const { 0: whole, 1: first, 2: second, index } of tags) {
      const name = first ?? second;
      const value = name === undefined ? whole[0] : this.valueOf(name);
      if (value === null) continue;
      const end = index + whole.length;
      content.copyMapped(text, from, index);
      const write = () => content.substituteMapped(value, text, index, end);
      if (name === undefined) write();
      else content.slot(write);
      from = end;
    }
    content.copyMapped(text, from, text.content.length);
    return content.result();
  }

  private valueOf(name: string): string | null {
    const given = Object.hasOwn(this.source.variables, name) ? this.source.variables[name] : null;
    return found(this.source, name, given ?? this.values.get(name) ?? null, this.from);
  }
}
