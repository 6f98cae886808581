/**
 * Renders a template of a prompt file: text in which every stretch has its place in the file → text in which every stretch still has it.
 * The entrance for all readers of formats with templates.
 */
import type { PromptVariable } from '../../protocol/model';
import { malformed, type Source } from '../source';
import { Budget } from './budget';
import { TemplateFault } from './fault';
import { dotpromptHelpers, kernelHelpers, noHelpers } from './handlebarsHelpers';
import { handlebarsNames } from './handlebarsNames';
import { parseHandlebars } from './handlebarsParser';
import { type Mark, type Partial, runHandlebars } from './handlebarsRun';
import type { Body } from './handlebarsTree';
import { jinjaNames } from './jinjaNames';
import { parseJinja } from './jinjaParser';
import { runJinja } from './jinjaRun';
import type { WhiteSpaceRules } from './jinjaScan';
import type { MappedText } from './mappedText';
import type { Names } from './names';
import { pythonText, templateValue } from './pythonValues';
import { scriptText } from './scriptValues';
import { placeIn } from './sink';
import { type OwnValue, templateVariables } from './templateVariables';

/** `nunjucks` is Jinja that writes values as JavaScript does; `kernelHandlebars` has the helpers of Semantic Kernel. */
export type TemplateLanguage = 'jinja' | 'nunjucks' | keyof typeof helperSets;

const helperSets = { handlebars: dotpromptHelpers, kernelHandlebars: kernelHelpers, mustache: noHelpers } as const;

export interface TemplateRequest {
  language: TemplateLanguage;
  /** The template with the places of its characters in the file, which ascend. */
  template: MappedText;
  /** The file's own values; plain values of YAML or JSON will do. For Jinja a bigint is a whole number and a number is a float. */
  own?: ReadonlyMap<string, OwnValue>;
  /** Variables that leave nothing in the text, such as pictures and earlier messages. */
  silent?: ReadonlyMap<string, unknown>;
  /** Jinja's white-space rules. */
  whiteSpace?: WhiteSpaceRules;
  /** The text of a partial; null where there is none. */
  partial?: (name: string) => string | null;
}

export interface Rendering {
  text: MappedText;
  variables: PromptVariable[];
  /** The silent variables that the template asks for. */
  silent: string[];
  /** Of Handlebars: what divides the text. */
  marks: Mark[];
}

/** @throws ProblemError `promptMalformed` with line and column, `textTooLarge` */
export function renderTemplate(source: Source, request: TemplateRequest): Rendering {
  const { template } = request;
  try {
    return rendered(source, request);
  } catch (error) {
    if (error instanceof RangeError) throw malformed(source, offsetIn(template, 0), 'templateDeep', '…');
    if (!(error instanceof TemplateFault)) throw error;
    throw malformed(source, offsetIn(template, error.at), error.reason, ...error.rest);
  }
}

function rendered(source: Source, request: TemplateRequest): Rendering {
  const { template, language, silent = new Map<string, unknown>() } = request;
  const budget = new Budget(() => new TemplateFault(0, 'templateLarge'));
  const wholeNumbers = language === 'jinja' || language === 'mustache';
  const write = wholeNumbers ? pythonText : scriptText;
  const text = (value: unknown) => write(value, budget);
  const own = new Map<string, OwnValue>();
  for (const [name, { value, from }] of request.own ?? []) own.set(name, { value: templateValue(value), from });
  const filled = (names: Names) => {
    const { values, variables } = templateVariables(names, own, source.variables, text, wholeNumbers);
    const quiet = variables.filter(({ name, from }) => silent.has(name) && from !== 'given').map(({ name }) => name);
    for (const name of quiet) values.set(name, '');
    return { values, variables: variables.filter(({ name }) => !quiet.includes(name)), silent: quiet };
  };
  if (language === 'jinja' || language === 'nunjucks') {
    // Nunjucks keeps a line break at the end, which Jinja takes away.
    const kept = language === 'nunjucks' ? { keepTrailingNewline: true } : {};
    const statements = parseJinja(template.content, budget, { ...kept, ...request.whiteSpace });
    const { values, ...report } = filled(jinjaNames(statements));
    const forms = language === 'jinja' ? 'python' : 'script';
    return { text: runJinja(template, statements, values, budget, { forms }), ...report, marks: [] };
  }
  const rules = { mustache: language === 'mustache', helpers: helperSets[language] };
  const body = parseHandlebars(template.content, budget);
  const partial = partials(request.partial, budget);
  const { values, ...report } = filled(handlebarsNames(body, rules, (name) => partialBody(partial, name)));
  return { ...runHandlebars(template, body, values, budget, { ...rules, text, partial }), ...report };
}

/** Each partial is read and parsed once. */
function partials(read: TemplateRequest['partial'], budget: Budget): (name: string) => Partial | null {
  const known = new Map<string, Partial | null>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const text = read?.(name) ?? null;
    const partial = text === null ? null : { text, body: parseHandlebars(text, budget) };
    known.set(name, partial);
    return partial;
  };
}

/** A partial with a fault has no variables; the fault is told when it is rendered. */
function partialBody(partial: (name: string) => Partial | null, name: string): Body | null {
  try {
    return partial(name)?.body ?? null;
  } catch {
    return null;
  }
}

/** The file's offset of an offset in the template. */
function offsetIn({ pieces, content }: MappedText, at: number): number {
  const [start] = placeIn(pieces, at, at + 1) ?? placeIn(pieces, 0, content.length) ?? [0];
  return start;
}
