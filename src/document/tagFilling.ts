/** Fills `{{name}}` in texts that are templates only where somebody gives values: a tag without a value stays as it is written. */
import { ContentBuilder } from './contentBuilder';
import type { Source } from './source';
import { type MappedText, sliced } from './templates/mappedText';
import { found } from './variables';

const tag = /\{\{-?\s*([\p{L}_$][\p{L}\p{N}_.-]*?)\s*-?\}\}/gu;

export class TagFilling {
  /** @param values the file's own values, or those of a file beside it, which those of the user override. */
  constructor(
    private readonly source: Source,
    private readonly values: ReadonlyMap<string, string> = new Map(),
    private readonly pattern: RegExp = tag,
    private readonly from: 'file' | 'beside' = 'file',
  ) {}

  fill(text: MappedText): MappedText {
    const tags = [...text.content.matchAll(this.pattern)];
    if (tags.length === 0) return text;
    const content = new ContentBuilder();
    let from = 0;
    for (const { 0: whole, 1: name, index } of tags) {
      const value = this.valueOf(name);
      if (value === null) continue;
      const end = index + whole.length;
      content.copyMapped(text, from, index);
      const { pieces } = sliced(text, index, end);
      const place = pieces.length > 0 ? ([pieces[0].source[0], pieces[pieces.length - 1].source[1]] as const) : null;
      if (place) content.slot(() => content.substitute(value, ...place));
      else content.write(value);
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
