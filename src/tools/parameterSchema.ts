/**
 * JSON Schema of a tool's parameters, from the options of the contracts. It is written from an option's `form` and flag, which hold the
 * help, limits and defaults; the valibot schema describes how the value is stored (tokens from 0), not how it is typed (from 1). Strict and
 * flat, so that every client understands it.
 */
import type { Option as CommandOption } from 'commander';
import { type Option as ContractOption, valueWithout } from '../analysis/options';
import { allowed, typedText } from '../analysis/spelling';
import { asSentence } from '../cli/terminalText';
import { inParameters } from './refusal';

export interface ParameterSchema {
  type: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | ['integer', 'string'];
  description: string;
  enum?: readonly string[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  pattern?: string;
  minLength?: number;
  items?: { type: 'string'; enum?: readonly string[]; minLength?: number };
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  additionalProperties?: { type: 'string' };
  default?: unknown;
}

export interface InputSchema {
  type: 'object';
  properties: Record<string, ParameterSchema>;
  required: string[];
  additionalProperties: false;
}

/** The most texts in a list; nobody compares more answers. */
const mostTexts = 1000;

/** `option` must be one that can be typed. */
export function schemaOfOption(option: ContractOption<unknown>): ParameterSchema {
  const { form, flag } = option;
  if (!flag) throw new Error('The option has no flag in its contract.');
  const help = sentence(flag.help);
  const without = valueWithout(option);
  const usual = without === null || flag.required ? {} : { default: without };
  switch (form.kind) {
    case 'choice':
      return { type: 'string', description: help, enum: form.members, ...usual };
    case 'choices':
      return {
        ...{ type: 'array', description: help },
        ...{ items: { type: 'string', enum: form.members }, minItems: 1, uniqueItems: true },
        ...usual,
      };
    case 'number':
      return {
        type: form.whole ? 'integer' : 'number',
        description: help,
        ...(form.above ? { exclusiveMinimum: form.least } : { minimum: form.least }),
        maximum: form.most,
        ...usual,
      };
    case 'switch':
      return {
        type: 'boolean',
        description: isNo(flag.name) ? sentence(`if false, ${flag.help}`) : help,
        default: without,
      };
    case 'texts':
      return {
        ...{ type: 'array', description: help },
        ...{ items: { type: 'string', minLength: 1 }, minItems: 1, maxItems: mostTexts },
      };
    case 'span':
      return { type: ['integer', 'string'], description: `${help} It is ${allowed(form)}.`, pattern: '^\\d+(-\\d+)?$' };
    case 'units':
      return {
        type: 'string',
        description: `${help} It is ${allowed(form)}.`,
        ...('default' in usual ? { default: typedText(form, usual.default) } : {}),
      };
    case 'file':
      return { type: 'string', description: `${help} The path of a file below the working folder.`, minLength: 1 };
    case 'text':
      return { type: 'string', description: help, ...usual };
    case 'picked':
      throw new Error('What is picked in a panel cannot be a parameter.');
    default:
      return form satisfies never;
  }
}

const isNo = (name: string): boolean => name.startsWith('--no-');

/** The schema of the few flags that control how a prompt is read and belong to no contract. */
export function schemaOfFlag(option: CommandOption): ParameterSchema {
  const description = sentence(option.description);
  if (option.isBoolean()) return { type: 'boolean', description };
  if (option.flags.endsWith('<number>')) return { type: 'integer', description, minimum: 1 };
  if (option.argChoices) return { type: 'string', description, enum: option.argChoices };
  if (typeof option.defaultValue === 'object')
    return { type: 'object', description, additionalProperties: { type: 'string' } };
  return { type: 'string', description };
}

export const sentence = (help: string): string => asSentence(inParameters(help));
