/** What filters, tests and methods of Jinja get: their arguments, the budget, and how to say that a value does not fit. */
import type { Budget } from './budget';
import { type Given, isNumber, itemsOf, numeric, Undefined } from './pythonValues';

export interface Tools {
  budget: Budget;
  /** A value as the template writes it. */
  text: (value: unknown) => string;
  /** The error for a value that does not fit here. */
  unfit: () => Error;
  filter: (name: string, value: unknown, given: Given) => unknown;
  test: (name: string, value: unknown, given: Given) => boolean;
  attribute: (value: unknown, name: unknown) => unknown;
}

/** The arguments of one call, by position or name. */
export class Args {
  constructor(
    readonly given: Given,
    private readonly tools: Tools,
  ) {}

  /** Undefined where it is not given. */
  at(index: number, name: string): unknown {
    return index < this.given.positional.length ? this.given.positional[index] : this.given.named.get(name);
  }

  text(index: number, name: string, preset: string): string {
    const value = this.at(index, name);
    return value === undefined || value === null ? preset : this.tools.text(value);
  }

  /** @throws the unfit error for anything but a whole number of ordinary size */
  count(index: number, name: string, preset: number | null): number {
    const value = this.at(index, name) ?? preset;
    const number = isNumber(value) || typeof value === 'boolean' ? Number(numeric(value)) : Number.NaN;
    if (!Number.isInteger(number) || Math.abs(number) > 2 ** 31) throw this.tools.unfit();
    return number;
  }

  flag(index: number, name: string, preset: boolean): boolean {
    const value = this.at(index, name);
    return value === undefined ? preset : value === true || (isNumber(value) && Boolean(value));
  }
}

/** The items of a value that a loop could pass. Pays for them. @throws the unfit error for others */
export function itemsIn(value: unknown, tools: Tools): readonly unknown[] {
  const items = itemsOf(value);
  if (items === null) throw tools.unfit();
  tools.budget.spend(items.length);
  return items;
}

/** Whether the value stems from a variable without a value, so that the tag stays as it is written. */
export function isUnfilled(value: unknown): value is Undefined {
  return value instanceof Undefined && value.unfilled;
}
