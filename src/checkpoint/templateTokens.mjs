/** Rewrites the tokens of a chat template before `@huggingface/jinja` parses them, where its grammar has less than Jinja2's. */

const like = (token, value, type) => Object.assign(Object.create(Object.getPrototypeOf(token)), { value, type });
const openers = new Set(['OpenParen', 'OpenSquareBracket', 'OpenCurlyBracket']);
const closers = new Set(['CloseParen', 'CloseSquareBracket', 'CloseCurlyBracket']);
const words = new Set(['and', 'or', 'not', 'else', 'if', 'in', 'is', 'recursive']);

/** Index behind the bracket that closes the one at `at`. */
function behindBracket(tokens, at) {
  let depth = 0;
  for (let i = at; i < tokens.length; i++) {
    if (openers.has(tokens[i].type)) depth++;
    if (closers.has(tokens[i].type) && --depth === 0) return i + 1;
  }
  return tokens.length;
}

/** Index behind the argument that a test takes without parentheses, or `at` where none begins. */
function behindArgument(tokens, at) {
  const { type, value } = tokens[at] ?? {};
  const isBracket = type === 'OpenSquareBracket' || type === 'OpenCurlyBracket';
  const isWord = type === 'Identifier' && !words.has(value);
  if (!isBracket && !isWord && type !== 'StringLiteral' && type !== 'NumericLiteral') return at;
  let end = isBracket ? behindBracket(tokens, at) : at + 1;
  for (;;) {
    const next = tokens[end]?.type;
    if (next === 'Dot') end += 2;
    else if (next === 'OpenSquareBracket' || next === 'OpenParen') end = behindBracket(tokens, end);
    else return end;
  }
}

/** `x is not eq 2` as `x | "is not eq"(2)`: the library's tests take no arguments, its filters do. */
export function testsAsFilters(tokens) {
  const result = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    const isTest = token.type === 'Identifier' && token.value === 'is' && tokens[at - 1]?.type !== 'Dot';
    const negated = isTest && tokens[at + 1]?.type === 'Identifier' && tokens[at + 1].value === 'not';
    const name = tokens[at + (negated ? 2 : 1)];
    if (!isTest || name?.type !== 'Identifier') {
      result.push(token);
      continue;
    }
    at += negated ? 2 : 1;
    result.push(like(token, '|', 'Pipe'), like(name, `is ${negated ? 'not ' : ''}${name.value}`, 'Identifier'));
    const end = behindArgument(tokens, at + 1);
    if (end === at + 1) continue;
    const argument = testsAsFilters(tokens.slice(at + 1, end));
    result.push(like(token, '(', 'OpenParen'), ...argument, like(token, ')', 'CloseParen'));
    at = end - 1;
  }
  return result;
}

/** Gives each token the bracket that it stands in, and makes one sign of `not in`: so comparisons in a row can be told from (a < b) < c. */
export function groupComparisons(tokens) {
  const result = [];
  const groups = [0];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    const isWord = (index, word) => tokens[index]?.type === 'Identifier' && tokens[index].value === word;
    if (openers.has(token.type)) groups.push(at + 1);
    if (closers.has(token.type)) groups.pop();
    const joined = isWord(at, 'not') && isWord(at + 1, 'in');
    result.push(
      Object.assign(joined ? like(token, 'not in', 'ComparisonBinaryOperator') : token, { group: groups.at(-1) }),
    );
    if (joined) at++;
  }
  return result;
}

/** Joins what the library takes for a number and a name: 1e5, 1_000. */
export function wholeNumbers(tokens) {
  const result = [];
  for (const token of tokens) {
    const last = result.at(-1);
    const follows = last?.type === 'NumericLiteral' && token.type === 'Identifier';
    if (follows && /^e\d+$/i.test(token.value))
      result[result.length - 1] = like(
        last,
        `${last.value}${last.value.includes('.') ? '' : '.0'}${token.value}`,
        last.type,
      );
    else if (follows && /^(_\d+)+$/.test(token.value))
      result[result.length - 1] = like(last, last.value + token.value.replaceAll('_', ''), last.type);
    else if (follows && !words.has(token.value)) throw new Error('a name stands behind a number');
    else result.push(token);
  }
  return result;
}

/** Index behind the tag that opens at `at`; the template's end where it is never closed. */
function behindTag(source, at) {
  const kind = source[at + 1];
  const close = { '{': '}}', '%': '%}', '#': '#}' }[kind];
  if (kind === '#') {
    const end = source.indexOf(close, at + 2);
    return end < 0 ? source.length : end + 2;
  }
  let depth = 0;
  for (let i = at + 2; i < source.length; i++) {
    const sign = source[i];
    if (depth === 0 && source.startsWith(close, i)) return i + 2;
    if (sign === "'" || sign === '"') i = behindQuote(source, i) - 1;
    else if ('([{'.includes(sign)) depth++;
    else if (')]}'.includes(sign)) depth--;
  }
  return source.length;
}

function behindQuote(source, at) {
  for (let i = at + 1; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === source[at]) return i + 1;
  }
  return source.length;
}

/** Jinja's `trim_blocks` and `lstrip_blocks`, which the library also does to texts that only look like tags. */
export function trimmedBlocks(source) {
  const given = source.endsWith('\n') ? source.slice(0, -1) : source;
  const parts = [];
  let [from, atLineStart] = [0, true];
  for (const opening = /\{[{%#]/g; ; ) {
    opening.lastIndex = from;
    const at = opening.exec(given)?.index ?? given.length;
    let text = given.slice(from, at);
    const isBlock = at < given.length && given[at + 1] !== '{';
    const bare = text.slice(text.lastIndexOf('\n') + 1);
    const isAlone = bare.trim() === '' && (bare.length < text.length || atLineStart);
    if (isBlock && isAlone && given[at + 2] !== '+') text = text.slice(0, text.length - bare.length);
    parts.push(text);
    if (at >= given.length) break;
    const end = behindTag(given, at);
    const tag = given.slice(at, end);
    parts.push(isBlock ? tag.replace(/^(..)\+/, '$1').replace(/\+(.\})$/, '$1') : tag);
    atLineStart = isBlock && given[end] === '\n' && tag.at(-3) !== '+';
    from = atLineStart ? end + 1 : end;
  }
  // The library takes one line feed away from the end.
  return `${parts.join('')}\n`;
}
