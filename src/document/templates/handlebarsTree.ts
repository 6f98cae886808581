/** The syntax tree of a Handlebars template. Places are UTF-16 offsets in the template. */

export type HandlebarsExpression =
  | { kind: 'literal'; value: unknown; at: number; written: string }
  | Path
  | ({ kind: 'call'; at: number } & Invocation);

export interface Path {
  kind: 'path';
  at: number;
  /** `@index` and its like. */
  data: boolean;
  /** How many `../` it climbs. */
  depth: number;
  parts: string[];
  /** It begins with `this` or `.`, so that it names no helper. */
  scoped: boolean;
  written: string;
}

export interface Invocation {
  path: HandlebarsExpression;
  params: HandlebarsExpression[];
  hash: [name: string, value: HandlebarsExpression][];
}

/** `~` at the beginning and at the end of a tag. */
export interface Strip {
  open: boolean;
  close: boolean;
}

export interface Body {
  nodes: HandlebarsNode[];
  /** Names that the block gives to its item and its key. */
  blockParams: string[];
  /** It holds the block of an `{{else if …}}` and nothing else. */
  chained: boolean;
}

export interface Content {
  kind: 'content';
  /** As written, and after white-space control. */
  full: [start: number, end: number];
  start: number;
  end: number;
  rightStripped: boolean;
  leftStripped: boolean;
}

export type Block = {
  kind: 'block';
  start: number;
  end: number;
  body: Body | null;
  inverse: Body | null;
} & Invocation & {
    openStrip: Strip;
    inverseStrip: Strip | null;
    closeStrip: Strip;
  };

export type HandlebarsNode =
  | Content
  | ({ kind: 'value'; start: number; end: number; strip: Strip; escaped: boolean } & Invocation)
  | Block
  | ({ kind: 'partial'; start: number; end: number; strip: Strip; indent: string } & Invocation)
  | { kind: 'comment'; start: number; end: number; strip: Strip };
