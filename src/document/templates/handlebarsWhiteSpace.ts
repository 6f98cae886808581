/**
 * Handlebars' white-space control: `~` takes all white space beside a tag, and a block, partial or comment that stands alone on its line
 * takes the line with it. Source of the rules: `WhitespaceControl` of Handlebars 4.7, its treatment of `else if` included. Texts only get
 * narrower ranges.
 */
import type { Block, Body, Content, HandlebarsNode, Strip } from './handlebarsTree';

export function controlWhiteSpace(template: string, root: Body): void {
  new WhiteSpace(template).body(root, true);
}

interface Control extends Strip {
  /** A tag in the middle of a text. */
  inline: boolean;
  /** The lines of a block's first and last tag hold nothing else. */
  openAlone: boolean;
  closeAlone: boolean;
}

class WhiteSpace {
  constructor(private readonly template: string) {}

  body({ nodes }: Body, isRoot: boolean): void {
    nodes.forEach((node, at) => {
      const control = this.control(node);
      if (!control) return;
      const before = this.endsLine(nodes, at, isRoot);
      const behind = this.beginsLine(nodes, at, isRoot);
      if (control.close) this.cutStart(nodes[at + 1], true);
      if (control.open) this.cutEnd(nodes[at - 1], true);
      if (control.inline && before && behind) {
        this.cutStart(nodes[at + 1], false);
        if (this.cutEnd(nodes[at - 1], false) && node.kind === 'partial') node.indent = this.indentOf(nodes[at - 1]);
      }
      if (node.kind !== 'block') return;
      if (control.openAlone && before) {
        this.cutStart((node.body ?? node.inverse)?.nodes[0], false);
        this.cutEnd(nodes[at - 1], false);
      }
      if (control.closeAlone && behind) {
        this.cutStart(nodes[at + 1], false);
        this.cutEnd((node.inverse ?? node.body)?.nodes.at(-1), false);
      }
    });
  }

  private control(node: HandlebarsNode): Control | null {
    if (node.kind === 'content') return null;
    if (node.kind === 'block') return this.block(node);
    return { ...node.strip, inline: node.kind !== 'value', openAlone: false, closeAlone: false };
  }

  private block(block: Block): Control {
    for (const each of [block.body, block.inverse]) if (each) this.body(each, false);
    const body = block.body ?? block.inverse;
    const inverse = block.body && block.inverse;
    let [first, last] = [inverse, inverse];
    if (first?.chained) {
      first = bodyOfChain(first);
      while (last?.chained) last = bodyOfChain(last);
    }
    const nodes = body?.nodes ?? [];
    const control = {
      open: block.openStrip.open,
      close: block.closeStrip.close,
      inline: false,
      openAlone: this.beginsLine(nodes, -1, false),
      closeAlone: this.endsLine((first ?? body)?.nodes ?? [], (first ?? body)?.nodes.length ?? 0, false),
    };
    if (block.openStrip.close) this.cutStart(nodes[0], true);
    if (first && last) {
      if (block.inverseStrip?.open) this.cutEnd(nodes.at(-1), true);
      if (block.inverseStrip?.close) this.cutStart(first.nodes[0], true);
      if (block.closeStrip.open) this.cutEnd(last.nodes.at(-1), true);
      if (this.endsLine(nodes, nodes.length, false) && this.beginsLine(first.nodes, -1, false)) {
        this.cutEnd(nodes.at(-1), false);
        this.cutStart(first.nodes[0], false);
      }
    } else if (block.closeStrip.open) this.cutEnd(nodes.at(-1), true);
    return control;
  }

  /** Whether only blanks stand between the node at `at` and the beginning of its line. */
  private endsLine(nodes: readonly HandlebarsNode[], at: number, isRoot: boolean): boolean {
    const previous = nodes[at - 1];
    if (!previous) return isRoot;
    if (previous.kind !== 'content') return false;
    const [start, end] = previous.full;
    let from = end;
    while (from > start && this.isSpace(from - 1)) {
      if (this.template[from - 1] === '\n') return true;
      from--;
    }
    return from === start && isRoot && at === 1;
  }

  /** Whether only blanks stand between the node at `at` and the end of its line. */
  private beginsLine(nodes: readonly HandlebarsNode[], at: number, isRoot: boolean): boolean {
    const next = nodes[at + 1];
    if (!next) return isRoot;
    if (next.kind !== 'content') return false;
    const [start, end] = next.full;
    let to = start;
    while (to < end && this.isSpace(to)) {
      if (this.template[to] === '\n') return true;
      to++;
    }
    return to === end && isRoot && nodes[at + 2] === undefined;
  }

  /** Takes white space from a text's beginning: all of it, or blanks and one line break. */
  private cutStart(node: HandlebarsNode | undefined, all: boolean): void {
    if (node?.kind !== 'content' || (!all && node.rightStripped)) return;
    const { start } = node;
    const passes = (at: number) => (all ? this.isSpace(at) : this.isBlank(at));
    while (node.start < node.end && passes(node.start)) node.start++;
    if (!all) {
      if (node.start < node.end && this.template[node.start] === '\r' && this.template[node.start + 1] === '\n')
        node.start++;
      if (node.start < node.end && this.template[node.start] === '\n') node.start++;
    }
    node.rightStripped = node.start > start;
  }

  /** Takes white space from a text's end: all of it, or blanks. Returns whether there was some. */
  private cutEnd(node: HandlebarsNode | undefined, all: boolean): boolean {
    if (node?.kind !== 'content' || (!all && node.leftStripped)) return false;
    const { end } = node;
    while (node.end > node.start && (all ? this.isSpace(node.end - 1) : this.isBlank(node.end - 1))) node.end--;
    node.leftStripped = node.end < end;
    return node.leftStripped;
  }

  private indentOf(node: HandlebarsNode): string {
    const [start, end] = (node as Content).full;
    let from = end;
    while (from > start && this.isBlank(from - 1)) from--;
    return this.template.slice(from, end);
  }

  private isBlank(at: number): boolean {
    return this.template[at] === ' ' || this.template[at] === '\t';
  }

  private isSpace(at: number): boolean {
    return this.template[at].trim() === '';
  }
}

function bodyOfChain(chain: Body): Body | null {
  const block = chain.nodes.at(-1);
  return block?.kind === 'block' ? block.body : null;
}
