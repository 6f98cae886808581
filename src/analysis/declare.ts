/**
 * How an analysis is declared: where it is shown, what it takes, which options it has. Every list of analyses is derived from it. A
 * declaration is a function, so that a page that needs the lists of a contract alone is not given the rest.
 */
import { type Options, resultValues, type Values } from './options';

export interface Declaration<Data, Tab extends string, Section extends string | null, O extends Options> {
  readonly tab: Tab;
  /** Its part of a tab that shows one of several at a time; null = it stands there whatever else does. */
  readonly section: Section;
  /** What its view draws: a type alone. */
  readonly shows: Shown<Data>;
  /** It takes seconds, not a moment. */
  readonly slow: boolean;
  /** It explains the target. */
  readonly targeted: boolean;
  /** It reads the rows of a table, which as a whole is no prompt. */
  readonly readsTables: boolean;
  readonly options: O;
  /** It is computed once the user has chosen something; without it as soon as it is in front. */
  readonly wanted?: (values: Values<O>) => boolean;
  /**
   * What a result depends on, where that is not simply every option that changes the result: those options are given to it. What is
   * not taken apart goes along as `...rest`, so that a new option counts by itself.
   */
  readonly depends?: (values: Values<O>) => unknown;
}

declare const shown: unique symbol;
export interface Shown<Data> {
  readonly [shown]?: Data;
}

export function shows<Data>(): Shown<Data> {
  return {};
}

export function declared<Data, const Tab extends string, const Section extends string | null, const O extends Options>(
  declaration: Declaration<Data, Tab, Section, O>,
): Declaration<Data, Tab, Section, O> {
  return declaration;
}

/** Of the options of an analysis what its numbers depend on. `values`: of its whole tab. */
export function dependence<O extends Options>(
  { options, depends }: Pick<Declaration<unknown, string, string | null, O>, 'options' | 'depends'>,
  values: Values<O>,
): unknown {
  const own = resultValues(options, values) as Values<O>;
  return depends ? depends(own) : own;
}
