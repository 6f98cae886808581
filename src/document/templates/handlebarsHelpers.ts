/**
 * Handlebars' own helpers, dotprompt's (https://google.github.io/dotprompt/reference/template) and, of Semantic Kernel's, those that write
 * conversations.
 */
import type { Budget } from './budget';
import { isNumber, itemsOf, numeric, Tuple, Undefined } from './pythonValues';

export interface HelperArguments {
  positional: unknown[];
  named: ReadonlyMap<string, unknown>;
}

interface Helper {
  /** The value that takes the tag's place; missing for helpers of blocks and of marks. */
  value?: (given: HelperArguments, budget: Budget) => unknown;
  /** What the mark says that takes the tag's place. */
  mark?: (given: HelperArguments, text: (value: unknown) => string) => string;
  /** What stands before and behind the body of a block, which is rendered where the block stands. */
  around?: (given: HelperArguments, text: (value: unknown) => string) => [before: string, behind: string];
}

export type Helpers = ReadonlyMap<string, Helper>;

const block: Helper = {};
const first = ({ positional }: HelperArguments, text: (value: unknown) => string) =>
  positional.length === 0 || positional[0] instanceof Undefined ? '' : text(positional[0]);

const own: [string, Helper][] = [
  ...['if', 'unless', 'each', 'with'].map((name): [string, Helper] => [name, block]),
  ['log', { value: () => null }],
  ['lookup', { value: ({ positional: [of, name] }) => lookedUp(of, name) }],
  ['json', { value: json }],
];

export const dotpromptHelpers: Helpers = new Map<string, Helper>([
  ...own,
  ['ifEquals', block],
  ['unlessEquals', block],
  ['role', { mark: first }],
  ['section', { mark: first }],
  ['history', { mark: () => '' }],
  ['media', { mark: ({ named }, text) => text(named.get('contentType') ?? '') }],
]);

/** `{{#message role="user"}}…{{/message}}` writes the tags that messageTags.ts reads. */
export const kernelHelpers: Helpers = new Map<string, Helper>([
  ...own,
  ['message', { around: ({ named }, text) => [`<message role="${text(named.get('role') ?? '')}">`, '</message>'] }],
]);

export const noHelpers: Helpers = new Map();

function lookedUp(of: unknown, name: unknown): unknown {
  const missing = new Undefined('', of instanceof Undefined && of.unfilled);
  if (of instanceof Map) return of.has(String(name)) ? of.get(String(name)) : missing;
  const index = numeric(name) ?? (typeof name === 'string' && /^\d{1,9}$/.test(name) ? Number(name) : null);
  return Array.isArray(of) && index !== null ? (of[Number(index)] ?? missing) : missing;
}

function json({ positional: [value], named }: HelperArguments, budget: Budget): unknown {
  if (value instanceof Undefined) return value;
  const indent = numeric(named.get('indent'));
  return scriptJson(value, Math.max(0, Math.min(10, Number(indent ?? 0))), 0, budget);
}

/** `JSON.stringify` for the values of templates. */
function scriptJson(value: unknown, indent: number, depth: number, budget: Budget): string {
  budget.spend();
  if (typeof value === 'string') {
    budget.spendText(value.length);
    return JSON.stringify(value);
  }
  if (isNumber(value)) return typeof value === 'number' && !Number.isFinite(value) ? 'null' : String(value);
  // A list that holds itself, which YAML's anchors can make, has no JSON.
  if (depth > 50 || value === null || value === undefined) return 'null';
  const line = indent > 0 ? `\n${' '.repeat(indent * (depth + 1))}` : '';
  const last = indent > 0 ? `\n${' '.repeat(indent * depth)}` : '';
  const inner = (item: unknown) => scriptJson(item, indent, depth + 1, budget);
  if (value instanceof Map) {
    const colon = indent > 0 ? ': ' : ':';
    const entries = [...value].map(([key, item]) => `${line}${JSON.stringify(String(key))}${colon}${inner(item)}`);
    return entries.length === 0 ? '{}' : `{${entries.join(',')}${last}}`;
  }
  const items = Array.isArray(value) || value instanceof Tuple ? itemsOf(value) : null;
  if (!items) return String(value);
  return items.length === 0 ? '[]' : `[${items.map((item) => line + inner(item)).join(',')}${last}]`;
}
