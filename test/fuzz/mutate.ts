/** Seeded changes of inputs: text, bytes and JSON. The result depends on the random numbers alone. */

export type Random = () => number;

export const below = (random: Random, end: number): number => Math.floor(random() * end);

export function oneOf<T>(random: Random, list: readonly T[]): T {
  return list[below(random, list.length)];
}

/** Longer inputs would test the machine and not the reader. */
const longest = 60_000;

/**
 * Share of the inputs that are made from a large one: small inputs find more in the same time, and a few large ones show costs that
 * grow too fast.
 */
export const largeShare = 1 / 500;

/** Characters and words that readers treat specially. */
const pieces = [
  ...[
    '\n',
    '\r',
    '\r\n',
    '\t',
    ' ',
    '\0',
    '\uFEFF',
    '\u2028',
    '\u00a0',
    '"',
    "'",
    '""',
    '\\',
    ',',
    ';',
    '|',
    ':',
    '{',
    '}',
    '[',
    ']',
  ],
  ...[
    '{{',
    '}}',
    '{{{',
    '{%',
    '%}',
    '{{#if x}}',
    '{{/if}}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a tag of .prompt.md files.
    '${input:x:y}',
    '{x}',
    '---\n',
    '+++',
    '# ',
    '<|im_end|>',
    'system:\n',
  ],
  ...[
    '\uD800',
    '\uDC00',
    '👩‍👩‍👧',
    'é',
    '中文',
    '\u202e',
    '0',
    '-1',
    '1e999',
    'NaN',
    'null',
    'true',
    '0,5',
    '1.0',
    '&a',
    '*a',
    '<<: *a',
  ],
  ...['__proto__', 'constructor', 'toString', '$&', '$1', '{0}', 'a: [', 'b: !!js/function x', '\u0000'.repeat(3)],
];

export function mutatedText(random: Random, text: string, others: readonly string[]): string {
  const large = text !== '' && random() < largeShare;
  let out = large ? text.repeat(Math.ceil(longest / text.length)).slice(0, longest) : text;
  for (let times = 1 + below(random, 6); times > 0; times--) out = changedText(random, out, others).slice(0, longest);
  return out;
}

function changedText(random: Random, text: string, others: readonly string[]): string {
  const at = below(random, text.length + 1);
  const to = Math.min(text.length, at + below(random, random() < 0.2 ? 400 : 12));
  switch (below(random, 8)) {
    case 0:
      return text.slice(0, at) + text.slice(to);
    case 1:
      return text.slice(0, at) + oneOf(random, pieces) + text.slice(at);
    case 2:
      return text.slice(0, at) + oneOf(random, pieces) + text.slice(to);
    case 3:
      return text.slice(0, to) + text.slice(at);
    case 4:
      return (
        text.slice(0, at) + text.slice(at, to).repeat(1 + below(random, random() < 0.1 ? 500 : 4)) + text.slice(to)
      );
    case 5: {
      const other = oneOf(random, others);
      const from = below(random, other.length + 1);
      return text.slice(0, at) + other.slice(from, from + below(random, 300)) + text.slice(to);
    }
    case 6:
      return text.slice(0, at);
    default:
      return text.slice(0, at) + String.fromCharCode(below(random, random() < 0.5 ? 128 : 65536)) + text.slice(to);
  }
}

export function mutatedBytes(random: Random, bytes: Uint8Array): Uint8Array {
  const out = Buffer.from(bytes);
  if (out.length > 0 && random() < 0.1) return out.subarray(0, below(random, out.length));
  for (let times = 1 + below(random, 5); times > 0 && out.length > 0; times--) {
    // Counts, types and names stand at the start of the file.
    const at = below(random, random() < 0.6 ? Math.min(out.length, 4096) : out.length);
    if (random() < 0.2 && at + 8 <= out.length) out.writeBigUInt64LE(2n ** BigInt(below(random, 64)) - 1n, at);
    else
      out.fill(
        oneOf(random, [0, 1, 4, 8, 9, 127, 128, 255, below(random, 256)]),
        at,
        Math.min(out.length, at + 1 + below(random, 8)),
      );
  }
  return out;
}

const oddValues: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    0.5,
    1e308,
    -1e308,
    2 ** 53,
    1e-320,
    '',
    'x',
    '\uD800',
    [],
    {},
    [[]],
    [null],
    { '': 0 },
  ],
  ...['__proto__', 'NaN', '1', { constructor: 1 }, { length: -1 }, [1, 2, 3], 'y'.repeat(5000)],
];

/** JSON in which a value, a key or the order of a part is changed. */
export function mutatedJson(random: Random, value: unknown): unknown {
  if (random() < 0.02) return oneOf(random, oddValues);
  const out: unknown = structuredClone(value);
  for (let times = 1 + below(random, 3); times > 0; times--) changeWithin(random, out);
  return out;
}

function changeWithin(random: Random, root: unknown): void {
  let holder: unknown = root;
  for (let depth = 0; depth < 12; depth++) {
    if (typeof holder !== 'object' || holder === null) return;
    const fields = holder as Record<string, unknown>;
    const keys = Object.keys(fields);
    if (keys.length === 0) return;
    const key = oneOf(random, keys);
    const inner = fields[key];
    if (typeof inner === 'object' && inner !== null && random() < 0.8) {
      holder = inner;
      continue;
    }
    const way = random();
    if (way < 0.15 && !Array.isArray(holder)) delete fields[key];
    else if (way < 0.25 && Array.isArray(holder)) holder.splice(below(random, holder.length), 1);
    else if (way < 0.35 && Array.isArray(holder)) holder.push(structuredClone(inner));
    else if (way < 0.5 && typeof inner === 'number') fields[key] = inner * oneOf(random, [-1, 2, 1e9, 1e300, 0.1]);
    else if (way < 0.6 && typeof inner === 'string') fields[key] = inner.slice(0, below(random, inner.length + 1));
    else fields[key] = structuredClone(oneOf(random, oddValues));
    return;
  }
}
