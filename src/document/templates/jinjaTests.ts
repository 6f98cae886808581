/** Jinja's tests (`x is defined`), as Jinja2 3.1 has them. */
import { compares } from './jinjaOperators';
import type { Args, Tools } from './jinjaTools';
import { Callable, isEqual, isNumber, itemsOf, numeric, Undefined } from './pythonValues';

type Test = (value: unknown, args: Args, tools: Tools) => boolean;

const comparing =
  (operator: string): Test =>
  (value, args, tools) =>
    compares(operator, value, args.at(0, 'other'), tools);

function whole(value: unknown, tools: Tools): bigint {
  const number = numeric(value);
  if (typeof number !== 'bigint') throw tools.unfit();
  return number;
}

const equal: Test = (value, args, tools) => isEqual(value, args.at(0, 'other'), tools.budget);
const contained: Test = (value, args, tools) => compares('in', value, args.at(0, 'seq'), tools);

export const jinjaTests = new Map<string, Test>([
  ['defined', (value) => !(value instanceof Undefined)],
  ['undefined', (value) => value instanceof Undefined],
  ['none', (value) => value === null],
  ['boolean', (value) => typeof value === 'boolean'],
  ['true', (value) => value === true],
  ['false', (value) => value === false],
  ['integer', (value) => typeof value === 'bigint'],
  ['float', (value) => typeof value === 'number'],
  ['number', (value) => isNumber(value) || typeof value === 'boolean'],
  ['string', (value) => typeof value === 'string'],
  ['mapping', (value) => value instanceof Map],
  ['sequence', (value) => !(value instanceof Undefined) && itemsOf(value) !== null],
  ['iterable', (value) => itemsOf(value) !== null],
  ['callable', (value) => value instanceof Callable],
  ['escaped', () => false],
  ['lower', (value, _, tools) => isCased(tools.text(value), 'lower')],
  ['upper', (value, _, tools) => isCased(tools.text(value), 'upper')],
  ['odd', (value, _, tools) => whole(value, tools) % 2n !== 0n],
  ['even', (value, _, tools) => whole(value, tools) % 2n === 0n],
  [
    'divisibleby',
    (value, args, tools) => {
      const by = whole(args.at(0, 'num'), tools);
      if (by === 0n) throw tools.unfit();
      return whole(value, tools) % by === 0n;
    },
  ],
  ['sameas', (value, args) => value === args.at(0, 'other')],
  ['in', contained],
  ...['eq', '==', 'equalto'].map((name): [string, Test] => [name, equal]),
  ...['ne', '!='].map((name): [string, Test] => [name, (value, args, tools) => !equal(value, args, tools)]),
  ...['lt', '<', 'lessthan'].map((name): [string, Test] => [name, comparing('<')]),
  ...['gt', '>', 'greaterthan'].map((name): [string, Test] => [name, comparing('>')]),
  ...['le', '<='].map((name): [string, Test] => [name, comparing('<=')]),
  ...['ge', '>='].map((name): [string, Test] => [name, comparing('>=')]),
]);

function isCased(text: string, to: 'lower' | 'upper'): boolean {
  const changed = to === 'lower' ? text.toLowerCase() : text.toUpperCase();
  const other = to === 'lower' ? text.toUpperCase() : text.toLowerCase();
  return text === changed && text !== other;
}
