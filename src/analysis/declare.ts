/**
 * The declaration of an analysis: where it is shown, what it takes and which options it has. Every list of analyses is derived from these
 * declarations. A declaration is a function, so that a page that needs only the lists of a contract does not receive the rest.
 */
import { type Options, resultValues, type Values } from './options';

export interface Declaration<Data, Tab extends string, Section extends string | null, O extends Options> {
  readonly tab: Tab;
  /** The section of a tab that shows one of several analyses at a time; null = the analysis is always shown on its tab. */
  readonly section: Section;
  /** The data that its view draws, as a type only. */
  readonly shows: Shown<Data>;
  /** The analysis takes seconds rather than a moment. */
  readonly slow: boolean;
  /** The analysis explains the target. */
  readonly targeted: boolean;
  /** The analysis reads the rows of a table, which as a whole is not a prompt. */
  readonly readsTables: boolean;
  readonly options: O;
  /** The analysis is computed once this holds for the user's choices; without it, as soon as the analysis is in front. */
  readonly wanted?: (values: Values<O>) => boolean;
  /**
   * The value that a result depends on, where that is not simply every option that changes the result. It receives those options;
   * destructure and keep `...rest`, so that a new option counts automatically.
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

/** The part of an analysis's options that its numbers depend on. `values` are those of its whole tab. */
export function dependence<O extends Options>(
  { options, depends }: Pick<Declaration<unknown, string, string | null, O>, 'options' | 'depends'>,
  values: Values<O>,
): unknown {
  const own = resultValues(options, values) as Values<O>;
  return depends ? depends(own) : own;
}
