/** Python's `'%05.2f' % value`, as its own library writes it. What it would not take, or what would be endless, does not fit. */
import { isUnfilled, type Tools } from './jinjaTools';
import { numeric, represented, Tuple } from './pythonValues';

const conversionPattern = /%(?:\(([^)]*)\))?([-#0 +]*)(\d+|\*)?(?:\.(\d+|\*)?)?[hlL]?([\s\S])?/gu;
/** Wider results have no place in a prompt. */
const maxWidth = 1000;
/** Decimals that JavaScript can write with all the digits that a tie is told by. */
const maxDecimals = 40;

interface Conversion {
  kind: string;
  flags: string;
  width: number;
  precision: number | null;
}

/** The text; a value without a filling, so that the tag stays as it is written, in its stead. */
export function formatted(pattern: string, values: unknown, tools: Tools): unknown {
  const rest = values instanceof Tuple ? [...values.items] : [values];
  const unfilled = (values instanceof Map ? [...values.values()] : rest).find(isUnfilled);
  if (unfilled) return unfilled;
  tools.budget.spendText(pattern.length);
  const next = (): unknown => {
    if (rest.length === 0) throw tools.unfit();
    return rest.shift();
  };
  const sized = (written: string | undefined, most: number): number | null => {
    if (written === undefined) return null;
    const size = written === '*' ? numeric(next()) : Number(written);
    if (size === null || size < 0 || size > most) throw tools.unfit();
    return Number(size);
  };
  const text = pattern.replace(conversionPattern, (whole, key, flags, wide, decimals, kind) => {
    if (kind === '%') return '%';
    const width = sized(wide, maxWidth) ?? 0;
    const precision = sized(decimals, maxWidth) ?? (whole.includes('.') ? 0 : null);
    const value = key === undefined ? next() : namedValue(values, key, tools);
    const result = converted(value, { kind: kind ?? '', flags, width, precision }, tools);
    tools.budget.spendText(result.length);
    return result;
  });
  const isPlain = values instanceof Tuple || typeof values === 'string' || numeric(values) !== null || values === null;
  if (isPlain && rest.length > 0) throw tools.unfit();
  return text;
}

function namedValue(values: unknown, key: string, tools: Tools): unknown {
  if (!(values instanceof Map) || !values.has(key)) throw tools.unfit();
  return values.get(key);
}

function converted(value: unknown, conversion: Conversion, tools: Tools): string {
  const { kind, precision } = conversion;
  if ('sra'.includes(kind) && kind !== '') {
    const text = kind === 's' ? tools.text(value) : represented(value, tools.budget, []);
    const characters = [...(kind === 'a' ? inAscii(text) : text)];
    return padded('', '', characters.slice(0, precision ?? characters.length).join(''), conversion, ' ');
  }
  if (kind === 'c') return padded('', '', character(value, tools), conversion, ' ');
  const number = numeric(value);
  if (number === null || kind === '') throw tools.unfit();
  if ('diuxXo'.includes(kind)) return wholeNumber(number, conversion, tools);
  if ('fFeEgG'.includes(kind)) return floatNumber(Number(number), conversion, tools);
  throw tools.unfit();
}

function inAscii(text: string): string {
  return text.replace(/[\u0080-\u{10ffff}]/gu, (sign) => {
    const code = sign.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (code < 0x100) return `\\x${hex}`;
    return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
  });
}

function character(value: unknown, tools: Tools): string {
  if (typeof value === 'string' && [...value].length === 1) return value;
  if (typeof value !== 'bigint' || value < 0n || value > 0x10ffffn) throw tools.unfit();
  return String.fromCodePoint(Number(value));
}

function wholeNumber(number: number | bigint, conversion: Conversion, tools: Tools): string {
  const { kind, flags, precision } = conversion;
  const decimal = 'diu'.includes(kind);
  if (typeof number === 'number' && !(decimal && Number.isFinite(number))) throw tools.unfit();
  const whole = BigInt(typeof number === 'number' ? Math.trunc(number) : number);
  const digits = (whole < 0n ? -whole : whole).toString(decimal ? 10 : kind === 'o' ? 8 : 16);
  const prefix = !decimal && flags.includes('#') ? `0${kind}` : '';
  const body = (kind === 'X' ? digits.toUpperCase() : digits).padStart(precision ?? 0, '0');
  return padded(signOf(whole < 0n, flags), prefix, body, conversion, '0');
}

function floatNumber(number: number, conversion: Conversion, tools: Tools): string {
  const { kind, flags, precision } = conversion;
  const decimals = precision ?? 6;
  if (decimals > maxDecimals || flags.includes('#')) throw tools.unfit();
  const sign = signOf(number < 0 || Object.is(number, -0), flags);
  const size = Math.abs(number);
  if (!Number.isFinite(size)) return padded(sign, '', Number.isNaN(size) ? 'nan' : 'inf', conversion, ' ');
  const how = kind.toLowerCase();
  const body =
    how === 'f' ? fixedText(size, decimals) : how === 'e' ? scientific(size, decimals) : general(size, decimals);
  return padded(sign, '', kind === how ? body : body.toUpperCase(), conversion, '0');
}

const signOf = (negative: boolean, flags: string): string =>
  negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';

/** @param zero what the flag `0` fills with, between the sign and the digits */
function padded(sign: string, prefix: string, body: string, { flags, width }: Conversion, zero: string): string {
  const whole = sign + prefix + body;
  const spare = Math.max(0, width - [...whole].length);
  if (flags.includes('-')) return whole + ' '.repeat(spare);
  if (flags.includes('0') && zero === '0') return sign + prefix + '0'.repeat(spare) + body;
  return ' '.repeat(spare) + whole;
}

/** A number that is not negative with so many decimals, 40 at most. Halves go to the even neighbour, where JavaScript takes the larger. */
export function fixedText(size: number, decimals: number): string {
  if (size >= 1e21) return BigInt(size) + (decimals > 0 ? `.${'0'.repeat(decimals)}` : '');
  return evenHalf(size.toFixed(decimals), size.toFixed(decimals + 60), decimals);
}

function scientific(size: number, decimals: number): string {
  const [near, exponent] = size.toExponential(decimals).split('e');
  const [exact] = size.toExponential(decimals + 60).split('e');
  return `${evenHalf(near, exact, decimals)}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

/** @param exact the same number with many more digits */
function evenHalf(near: string, exact: string, decimals: number): string {
  const end = exact.indexOf('.') + 1 + decimals;
  if (!/^50*$/.test(exact.slice(end))) return near;
  const down = exact.slice(0, end).replace(/\.$/, '');
  return Number(down.at(-1)) % 2 === 0 ? down : near;
}

function general(size: number, precision: number): string {
  const digits = Math.max(1, precision);
  const written = scientific(size, digits - 1);
  const exponent = Number(written.slice(written.indexOf('e') + 1));
  const isPlain = exponent >= -4 && exponent < digits;
  const text = isPlain ? fixedText(size, Math.min(maxDecimals, digits - 1 - exponent)) : written;
  return text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '');
}
