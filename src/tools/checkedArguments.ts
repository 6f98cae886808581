/** Checks the arguments of a call against the schema; an error is one sentence that names the parameter and its allowed values. */
import type { InputSchema, ParameterSchema } from './parameterSchema';
import { Refusal } from './refusal';

export type Arguments = Readonly<Record<string, unknown>>;

/** The arguments that were given; null counts as missing, since some clients fill in every parameter. Throws a refusal. */
export function checkedArguments(tool: string, { properties, required }: InputSchema, given: unknown): Arguments {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new Refusal(`The arguments of ${tool} must be an object.`);
  const present = Object.entries(given).filter(([, value]) => value !== null && value !== undefined);
  for (const [name, value] of present) {
    if (!Object.hasOwn(properties, name))
      throw new Refusal(
        `"${clipped(name)}" is no parameter of ${tool}, which takes ${listed(Object.keys(properties))}.`,
      );
    if (!fits(properties[name], value)) throw mustBe(name, properties[name], value);
  }
  const names = new Set(present.map(([name]) => name));
  const missing = required.find((name) => !names.has(name));
  if (missing !== undefined) throw new Refusal(`"${missing}" is missing: it must be ${words(properties[missing])}.`);
  return Object.fromEntries(present);
}

function mustBe(name: string, schema: ParameterSchema, value: unknown): Refusal {
  return new Refusal(`"${name}" must be ${words(schema)}, not ${clipped(JSON.stringify(value))}.`);
}

function fits(schema: ParameterSchema, value: unknown): boolean {
  if (Array.isArray(schema.type))
    return Number.isSafeInteger(value) || (typeof value === 'string' && new RegExp(schema.pattern ?? '').test(value));
  switch (schema.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isSafeInteger(value) && within(schema, value as number);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) && within(schema, value);
    case 'string':
      return isText(schema, value);
    case 'array': {
      const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY, uniqueItems } = schema;
      if (!Array.isArray(value) || value.length < minItems || value.length > maxItems) return false;
      return value.every((each) => isText(items ?? {}, each)) && !(uniqueItems && new Set(value).size < value.length);
    }
    case 'object':
      return isObject(value) && Object.values(value).every((each) => typeof each === 'string');
    default:
      return schema.type satisfies never;
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (schema: Pick<ParameterSchema, 'enum' | 'minLength'>, value: unknown): boolean =>
  typeof value === 'string' && value.length >= (schema.minLength ?? 0) && (schema.enum?.includes(value) ?? true);

function within({ minimum, exclusiveMinimum, maximum }: ParameterSchema, value: number): boolean {
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return false;
  return value >= (minimum ?? Number.NEGATIVE_INFINITY) && value <= (maximum ?? Number.POSITIVE_INFINITY);
}

/** Completes "it must be …". */
function words({ type, enum: members, minimum, exclusiveMinimum, maximum, items }: ParameterSchema): string {
  if (Array.isArray(type)) return 'a position from 1, or two with a dash between them ("4-6")';
  switch (type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
    case 'number': {
      const least = exclusiveMinimum === undefined ? `from ${minimum}` : `above ${exclusiveMinimum}`;
      return `a ${type === 'integer' ? 'whole ' : ''}number ${least} to ${maximum}`;
    }
    case 'string':
      return members ? `one of ${members.join(', ')}` : 'a text';
    case 'array':
      return items?.enum
        ? `a list of some of ${items.enum.join(', ')}, each once`
        : 'a list of texts, none of them empty';
    case 'object':
      return 'an object of texts';
    default:
      return type satisfies never;
  }
}

export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

const longestShown = 60;

function clipped(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
