/**
 * How the value of an option is typed: conversion from text to value, from value to the words of a command line, and the sentence that says
 * what is allowed. Every surface on which values are typed reads and writes them here.
 */
import * as v from 'valibot';
import { patternOf } from '../protocol/pattern';
import { type Form, type Option, type Options, type UnitChoice, valueWithout } from './options';

/** Completes the sentence "It must be …": `a whole number from 1 to 1000`. */
export function allowed(form: Form): string {
  switch (form.kind) {
    case 'choice':
      return `one of ${form.members.join(', ')}`;
    case 'choices':
      return `some of ${form.members.join(', ')}, with commas between them`;
    case 'number':
      if (form.whole) return `a whole number from ${form.least} to ${form.most}`;
      return form.above
        ? `a number above ${form.least} up to ${form.most}`
        : `a number from ${form.least} to ${form.most}`;
    case 'switch':
      return 'true or false';
    case 'text':
      return 'a text';
    case 'texts':
      return 'one text or more, none of them empty';
    case 'file':
      return 'the path of a file';
    case 'span':
      return `a whole number from ${form.least} to ${form.most}, or two with a dash between them, the smaller first`;
    case 'units':
      return `one of ${form.members.join(', ')}, a regular expression between slashes, or stretches of the file as 12-40,55-60: UTF-16 characters from 1, both ends included`;
    case 'picked':
      return 'chosen in the panel';
    default:
      return form satisfies never;
  }
}

/** Undefined for a text that the option does not allow. Throws `patternInvalid` for an invalid regular expression. */
export function readTyped<T>({ schema, form }: Pick<Option<T>, 'schema' | 'form'>, text: string): T | undefined {
  const parsed = v.safeParse(schema, parsedText(form, text));
  return parsed.success ? parsed.output : undefined;
}

function parsedText(form: Form, text: string): unknown {
  switch (form.kind) {
    case 'choice':
    case 'text':
    case 'file':
      return text;
    case 'choices':
      return [...new Set(text.split(',').map((each) => each.trim()))];
    case 'texts':
      return [text];
    case 'number':
      return numberOf(text, form.whole);
    case 'switch':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'span':
      return spanOf(text);
    case 'units':
      return unitsOf(text, form.members);
    case 'picked':
      return undefined;
    default:
      return form satisfies never;
  }
}

function numberOf(text: string, whole: boolean): number {
  const isNumber = whole ? /^\d+$/.test(text) : text.trim() !== '';
  return isNumber ? Number(text) : Number.NaN;
}

/** `4` or `4-6`, counted from 1 with both ends included. */
function spanOf(text: string): [number, number] | undefined {
  const found = /^(\d+)(?:-(\d+))?$/.exec(text);
  return found ? [Number(found[1]) - 1, Number(found[2] ?? found[1])] : undefined;
}

function unitsOf(text: string, kinds: readonly string[]): UnitChoice<string> | undefined {
  if (kinds.includes(text)) return { by: text, pattern: null, selection: [] };
  if (/^\/.+\/[a-z]*$/s.test(text)) {
    patternOf(text);
    return { by: 'match', pattern: text, selection: [] };
  }
  const stretches = text.split(',').map((each) => (each.includes('-') ? spanOf(each) : undefined));
  const selection = stretches.filter((each) => each !== undefined);
  return selection.length === stretches.length ? { by: 'selection', pattern: null, selection } : undefined;
}

/**
 * The words of a command line for those values that differ from the defaults. `values` are given by the names of the options; one that is
 * left out, or null, gives no word.
 */
export function wordsOf(options: Options, values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options).flatMap(([key, option]) => {
    const value = values[key];
    const usual = valueWithout(option) ?? option.initial;
    if (!option.flag || value === undefined || value === null || same(value, usual)) return [];
    return flagWords(longName(option.flag.name), option.form, value);
  });
}

/** `-o, --output <file>` → `--output`. */
const longName = (name: string): string => name.split(/[ ,]+/).find((word) => word.startsWith('--')) ?? name;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function flagWords(flag: string, form: Form, value: unknown): string[] {
  if (form.kind === 'switch') return [flag];
  // Each of several values is a word of its own.
  if (form.kind === 'texts') return [flag, ...(value as string[])];
  const text = typedText(form, value);
  // A value that begins with a dash would be read as the next option.
  return text.startsWith('-') ? [`${flag}=${text}`] : [flag, text];
}

/** The value as a user would type it. */
export function typedText(form: Form, value: unknown): string {
  if (form.kind === 'choices') return (value as string[]).join(',');
  if (form.kind === 'span') return spanText(value as [number, number]);
  if (form.kind !== 'units') return String(value);
  const { by, pattern, selection } = value as UnitChoice<string>;
  if (by === 'match') return pattern ?? '';
  return by === 'selection' ? selection.map(([start, end]) => `${start + 1}-${end}`).join(',') : by;
}

const spanText = ([start, end]: [number, number]): string => (end === start + 1 ? String(end) : `${start + 1}-${end}`);
