/** The functions that every Jinja template knows. */
import { Args, type Tools } from './jinjaTools';
import { Callable, type Given, Namespace, numeric, Undefined } from './pythonValues';

/** The function of this name; null for other names. */
export function jinjaGlobals(name: string, tools: Tools): Callable | null {
  const make = functions.get(name);
  return make ? new Callable(name, (given) => make(given, tools)) : null;
}

/** The names that are no variables of the file. */
export function isGlobal(name: string): boolean {
  return functions.has(name);
}

const functions = new Map<string, (given: Given, tools: Tools) => unknown>([
  ['range', range],
  [
    'dict',
    ({ positional: [first, ...more], named }, tools) => {
      if (more.length > 0 || (first !== undefined && !(first instanceof Map))) throw tools.unfit();
      return new Map([...(first instanceof Map ? first : []), ...named]);
    },
  ],
  [
    'namespace',
    ({ positional: [first], named }) => {
      const made = new Namespace();
      for (const [key, value] of first instanceof Map ? first : []) made.attributes.set(key, value);
      for (const [key, value] of named) made.attributes.set(key, value);
      return made;
    },
  ],
  [
    'joiner',
    (given, tools) => {
      const between = new Args(given, tools).text(0, 'sep', ', ');
      let used = false;
      return new Callable('joiner', () => {
        const text = used ? between : '';
        used = true;
        return text;
      });
    },
  ],
  [
    'cycler',
    ({ positional }) => {
      let turn = 0;
      const made = new Namespace();
      const turnTo = (at: number): unknown => {
        turn = at;
        const { length } = positional;
        made.attributes.set('current', length > 0 ? positional[turn % length] : new Undefined('current', false));
        return null;
      };
      const next = () => {
        const item = made.attributes.get('current');
        turnTo(turn + 1);
        return item;
      };
      turnTo(0);
      made.attributes.set('next', new Callable('next', next));
      made.attributes.set('reset', new Callable('reset', () => turnTo(0)));
      return made;
    },
  ],
]);

/** Python's `range`, as a list. Pays for it before it is made. */
function range({ positional }: Given, tools: Tools): unknown {
  const numbers = positional.map(numeric);
  if (numbers.length === 0 || numbers.length > 3 || numbers.some((each) => typeof each !== 'bigint'))
    throw tools.unfit();
  const [first, second, third = 1n] = numbers as bigint[];
  const [start, stop] = second === undefined ? [0n, first] : [first, second];
  if (third === 0n) throw tools.unfit();
  const span = third > 0n ? stop - start : start - stop;
  const step = third > 0n ? third : -third;
  const length = span <= 0n ? 0 : Number((span + step - 1n) / step);
  tools.budget.spend(length);
  return Array.from({ length }, (_, at) => start + BigInt(at) * third);
}
