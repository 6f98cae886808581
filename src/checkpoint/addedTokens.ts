/** Finds the tokens that appear in a text exactly as they are written: the leftmost, and of several there the longest. */

export interface AddedToken {
  id: number;
  content: string;
  /** Whether white space before, or behind, belongs to it. */
  lstrip: boolean;
  rstrip: boolean;
}

export interface FoundToken {
  id: number;
  start: number;
  end: number;
}

export class AddedTokens {
  /** By first UTF-16 unit, longest first. */
  private readonly byFirst = new Map<number, AddedToken[]>();

  constructor(readonly all: readonly AddedToken[]) {
    for (const token of [...all].sort((a, b) => b.content.length - a.content.length)) {
      const first = token.content.charCodeAt(0);
      this.byFirst.set(first, [...(this.byFirst.get(first) ?? []), token]);
    }
  }

  /** In order, not overlapping. */
  find(text: string): FoundToken[] {
    const found: FoundToken[] = [];
    let behind = 0;
    for (let at = 0; at < text.length; ) {
      const token = this.byFirst.get(text.charCodeAt(at))?.find(({ content }) => text.startsWith(content, at));
      if (!token) {
        at++;
        continue;
      }
      let [start, end] = [at, at + token.content.length];
      while (token.lstrip && start > behind && /\s/.test(text[start - 1])) start--;
      while (token.rstrip && end < text.length && /\s/.test(text[end])) end++;
      found.push({ id: token.id, start, end });
      behind = end;
      at = end;
    }
    return found;
  }
}
