/**
 * One option of an analysis, stated once: its allowed values, its initial value in a panel, and whether the numbers or only their picture
 * depend on it. The messages that a page may send, what is restored after a reload and when a result is out of date are derived from it.
 */
import * as v from 'valibot';
import { longestText, longestTyped } from '../protocol/textLength';

/** The schema of a value; a message of the page that holds anything else is refused. */
type Checked<T> = v.GenericSchema<unknown, T>;

/** The form of a value for a person who types it, or for another program. */
export type Form =
  | { kind: 'choice'; members: readonly string[] }
  | { kind: 'choices'; members: readonly string[] }
  /** `above`: `least` itself is not allowed. */
  | { kind: 'number'; least: number; most: number; whole: boolean; above?: boolean }
  | { kind: 'switch' }
  | { kind: 'text' }
  /** One text or more. */
  | { kind: 'texts' }
  /** The path of a file. */
  | { kind: 'file' }
  /** A position from 1, or two with a dash between them; stored as [start, end) from 0. */
  | { kind: 'span'; least: number; most: number }
  /** Parts that are taken away together: a kind of unit, a regular expression, or stretches of the file. */
  | { kind: 'units'; members: readonly string[] }
  /** Not typed: heads, places, a direction. */
  | { kind: 'picked' };

/** How the command line spells an option: `--method <name>`, and one sentence of help. */
export interface Flag<T> {
  readonly name: string;
  readonly help: string;
  /** The value that applies where the flag is not given; null = unspecified. Left out = the initial value. */
  readonly without?: T | null;
  /** The command does nothing without this option. */
  readonly required?: boolean;
  /** Name of an option that excludes this one. */
  readonly conflicts?: string;
}

export interface Option<T> {
  readonly schema: Checked<T>;
  readonly form: Form;
  readonly flag?: Flag<T>;
  readonly initial: T;
  /** Whether another value produces another result, or the same result drawn differently. */
  readonly changes: 'result' | 'drawing';
  /** The usable part of what was saved before a reload; undefined = none of it. */
  restore(saved: unknown): T | undefined;
}

// Options are only read, so an Option<string> is an Option<unknown>.
export type Options = { readonly [name: string]: Option<unknown> };

type ValueOf<O> = O extends Option<infer T> ? T : never;

export type Values<O extends Options> = { -readonly [K in keyof O]: ValueOf<O[K]> };

/** The values as a command receives them: one that may be null is absent instead. */
export type Given<O extends Options> = {
  -readonly [K in keyof O as null extends ValueOf<O[K]> ? never : K]: ValueOf<O[K]>;
} & { -readonly [K in keyof O as null extends ValueOf<O[K]> ? K : never]?: NonNullable<ValueOf<O[K]>> };

type Changes = Option<unknown>['changes'];

/** In characters: of a name, a pattern or a path. */
const longestName = 4096;
/** Limits on the members of a list and on the numbers of a direction. */
const longestList = 10_000;
const longestDirection = 100_000;

/** Shared by the schemas of lists and of single options. */
export const whole = () => v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const shortText = () => v.pipe(v.string(), v.maxLength(longestName));

function option<T>(
  schema: Checked<T>,
  form: Form,
  initial: T,
  changes: Changes,
  restore = (saved: unknown): T | undefined => {
    const parsed = v.safeParse(schema, saved);
    return parsed.success ? parsed.output : undefined;
  },
): Option<T> {
  return { schema, form, initial, changes, restore };
}

/** One member of a list. `restored`: those that are restored after a reload; by default all of them. */
export function choice<const L extends readonly string[]>(
  list: L,
  initial: L[number],
  changes: Changes,
  restored: readonly L[number][] = list,
): Option<L[number]> {
  return option<L[number]>(v.picklist(list), { kind: 'choice', members: list }, initial, changes, (saved) =>
    restored.find((each) => each === saved),
  );
}

/** One member of a list, or null = none. */
export function optionalChoice<const L extends readonly string[]>(list: L, changes: Changes): Option<L[number] | null> {
  return option<L[number] | null>(v.nullable(v.picklist(list)), { kind: 'choice', members: list }, null, changes);
}

/** A list with `auto` before it: the program chooses according to the text. */
export function automatic<const L extends readonly string[]>(list: L): readonly ['auto', ...L] {
  return ['auto', ...list];
}

/** Some members of a list, each once; after a reload at least one. */
export function choices<const L extends readonly string[]>(
  list: L,
  initial: readonly L[number][],
  changes: Changes,
): Option<L[number][]> {
  const schema = v.pipe(v.array(v.picklist(list)), v.maxLength(2 * list.length));
  return option<L[number][]>(schema, { kind: 'choices', members: list }, [...initial], changes, (saved) => {
    const known = kept(v.picklist(list), saved);
    return known.length === 0 ? undefined : [...new Set(known)];
  });
}

export function name(initial: string, changes: Changes): Option<string> {
  return option(shortText(), { kind: 'text' }, initial, changes);
}

/** Null = the program chooses. */
export function optionalName(changes: Changes): Option<string | null> {
  return option(v.nullable(shortText()), { kind: 'text' }, null, changes);
}

/** A path; null = none. */
export function file(changes: Changes): Option<string | null> {
  return option(v.nullable(shortText()), { kind: 'file' }, null, changes);
}

/** A list of non-empty texts. */
export function texts(changes: Changes): Option<string[]> {
  const each = v.pipe(v.string(), v.nonEmpty(), v.maxLength(longestText));
  return option<string[]>(
    v.pipe(v.array(each), v.minLength(1), v.maxLength(longestList)),
    { kind: 'texts' },
    [],
    changes,
  );
}

/** A text as long as any prompt; one longer than any context is not restored. */
export function text<T extends string | null>(
  initial: T,
  changes: Changes,
): Option<string | (T extends null ? null : never)> {
  type Text = string | (T extends null ? null : never);
  const written = v.pipe(v.string(), v.maxLength(longestText));
  const schema = (initial === null ? v.nullable(written) : written) as Checked<Text>;
  return option<Text>(schema, { kind: 'text' }, initial as Text, changes, (saved) =>
    typeof saved === 'string' && saved.length <= longestTyped ? saved : undefined,
  );
}

/** A text as long as any prompt; null = none. */
export const optionalText = (changes: Changes): Option<string | null> => text(null, changes);

const counted = { kind: 'number', least: 0, most: Number.MAX_SAFE_INTEGER, whole: true } as const;

interface Limits {
  least: number;
  most: number;
}

const within = ({ least, most }: Limits) => v.pipe(whole(), v.minValue(least), v.maxValue(most));

/** A whole number from 0 on, or within the limits: a layer, a seed, a count. */
export function count(initial: number, changes: Changes, limits: Limits = counted): Option<number> {
  return option(within(limits), { ...counted, ...limits }, initial, changes);
}

export function optionalCount(changes: Changes, limits: Limits = counted): Option<number | null> {
  return option(v.nullable(within(limits)), { ...counted, ...limits }, null, changes);
}

const between = (least: number, most: number) => v.pipe(v.number(), v.minValue(least), v.maxValue(most));

/** A number from `least` to `most`. */
export function amount(initial: number, least: number, most: number, changes: Changes): Option<number> {
  return option(between(least, most), { kind: 'number', least, most, whole: false }, initial, changes);
}

export function optionalAmount(least: number, most: number, changes: Changes): Option<number | null> {
  const form: Form = { kind: 'number', least, most, whole: false };
  return option<number | null>(v.nullable(between(least, most)), form, null, changes);
}

/** A number up to `most` that is larger than `bound`. */
export function amountAbove(initial: number, bound: number, most: number, changes: Changes): Option<number> {
  const form: Form = { kind: 'number', least: bound, most, whole: false, above: true };
  return option(v.pipe(between(bound, most), v.gtValue(bound)), form, initial, changes);
}

const range = () =>
  v.pipe(
    v.tuple([whole(), whole()]),
    v.check(([start, end]) => start < end),
  );

/** The tokens [start, end) of a prompt; where they are typed, both ends are included and count from 1, within `least` to `most`. */
export function span(least: number, most: number, changes: Changes): Option<Span | null> {
  const within = v.pipe(
    range(),
    v.check(([start, end]) => start >= least - 1 && end <= most),
  );
  return option<Span | null>(v.nullable(within), { kind: 'span', least, most }, null, changes);
}

type Span = [start: number, end: number];

/** The parts that are taken away together, in the form of a request. */
export interface UnitChoice<K extends string> {
  by: K | 'match' | 'selection';
  /** A regular expression between slashes; for `by` = match only. */
  pattern: string | null;
  /** UTF-16 ranges [start, end) in the file; for `by` = selection only. */
  selection: Span[];
}

/** `kinds`: the units that have a name. */
export function units<const L extends readonly string[]>(
  kinds: L,
  initial: L[number],
  changes: Changes,
): Option<UnitChoice<L[number]>> {
  const schema = v.object({
    by: v.picklist([...kinds, 'match', 'selection']),
    pattern: v.nullable(shortText()),
    selection: v.pipe(v.array(range()), v.maxLength(longestList)),
  });
  const own: UnitChoice<L[number]> = { by: initial, pattern: null, selection: [] };
  return option(schema as Checked<UnitChoice<L[number]>>, { kind: 'units', members: kinds }, own, changes);
}

export function switched(initial: boolean, changes: Changes): Option<boolean> {
  return option(v.boolean(), { kind: 'switch' }, initial, changes);
}

/** A list; the saved members that are usable are restored. */
export function listOf<T>(item: Checked<T>, changes: Changes, most = longestList): Option<T[]> {
  return option<T[]>(v.pipe(v.array(item), v.maxLength(most)), { kind: 'picked' }, [], changes, (saved) =>
    Array.isArray(saved) ? kept(item, saved.slice(0, most)) : undefined,
  );
}

/** A direction in the space of the states, [D]; null = none. */
export function direction(changes: Changes): Option<number[] | null> {
  const numbers = v.pipe(v.array(v.pipe(v.number(), v.finite())), v.minLength(1), v.maxLength(longestDirection));
  return option(v.nullable(numbers), { kind: 'picked' }, null, changes);
}

/** Options that belong together. */
export function group<O extends Options>(options: O, changes: Changes): Option<Values<O>> {
  const initial = initialValues(options);
  return option<Values<O>>(schemaOf(options), { kind: 'picked' }, initial, changes, (saved) =>
    restoredValues(options, saved, initial),
  );
}

/** The option with its flag. `name` is written as the command line's help shows it: `--seed <n>`. */
export function flagged<T>(
  option: Option<T>,
  name: string,
  help: string,
  more: Omit<Flag<NoInfer<T>>, 'name' | 'help'> = {},
): Option<T> {
  return { ...option, flag: { name, help, ...more } };
}

/** The value that counts where the flag is not given; null = unspecified. */
export function valueWithout<T>({ flag, initial }: Pick<Option<T>, 'flag' | 'initial'>): T | null {
  return flag?.without === undefined ? initial : flag.without;
}

export function initialValues<O extends Options>(options: O): Values<O> {
  return mapped(options, ({ initial }) => initial) as Values<O>;
}

/** Every field must be valid; fields beyond them are dropped. */
export function schemaOf<O extends Options>(options: O): Checked<Values<O>> {
  return v.object(mapped(options, ({ schema }) => schema) as Record<string, Checked<unknown>>) as unknown as Checked<
    Values<O>
  >;
}

/** Each field that is not valid takes the value of `initial`. */
export function restoredValues<O extends Options>(options: O, saved: unknown, initial: Values<O>): Values<O> {
  const fields = fieldsOf(saved);
  const own = initial as Record<string, unknown>;
  return mapped(options, (each, key) => each.restore(fields[key]) ?? own[key]) as Values<O>;
}

/** The values that the numbers depend on. */
export function resultValues<O extends Options>(options: O, values: Values<O>): Partial<Values<O>> {
  const entries = Object.entries(values as object).filter(([key]) => options[key]?.changes === 'result');
  return Object.fromEntries(entries) as Partial<Values<O>>;
}

export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** The members of a list that match the schema. */
function kept<T>(item: Checked<T>, saved: unknown): T[] {
  const members = Array.isArray(saved) ? saved : [];
  return members.flatMap((each) => {
    const parsed = v.safeParse(item, each);
    return parsed.success ? [parsed.output] : [];
  });
}

function mapped(options: Options, make: (option: Option<unknown>, key: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([key, each]) => [key, make(each, key)]));
}
