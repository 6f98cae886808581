import { Command } from 'commander';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { commandOptions } from '../../../src/analysis/contracts';
import type { Form, Option, Options } from '../../../src/analysis/options';
import { engineFlags } from '../../../src/analysis/shared/contract';
import { allowed, readTyped, typedText, wordsOf } from '../../../src/analysis/spelling';
import { addContractOptions } from '../../../src/cli/contractOptions';

const everything = { ...commandOptions(), engine: engineFlags() };
const options = Object.entries(everything).flatMap(([command, own]) =>
  Object.entries(own as Options).map(([name, option]) => [`${command} ${name}`, name, option] as const),
);

/** Values that an option of this form may have, except its initial one. */
function others(form: Form, initial: unknown): unknown[] {
  const values: Record<Form['kind'], () => unknown[]> = {
    choice: () => (form.kind === 'choice' ? [...form.members] : []),
    choices: () => (form.kind === 'choices' ? [[form.members[1]], [form.members[2], form.members[0]]] : []),
    number: () => {
      if (form.kind !== 'number') return [];
      return form.above ? [form.most, form.most / 4] : [form.least, form.most];
    },
    switch: () => [true, false],
    text: () => ['a', '-a', ' two words', '--json'],
    texts: () => [['a'], [' b', 'c d']],
    file: () => ['probe.json', '-odd.json'],
    span: () => [
      [1, 2],
      [3, 6],
    ],
    units: () => [
      { by: 'word', pattern: null, selection: [] },
      { by: 'match', pattern: '/of \\w+/i', selection: [] },
      {
        by: 'selection',
        pattern: null,
        selection: [
          [11, 40],
          [54, 60],
        ],
      },
    ],
    picked: () => [],
  };
  return values[form.kind]().filter((value) => JSON.stringify(value) !== JSON.stringify(initial));
}

const optionOf = (option: Option<unknown>) => ({ option });

function parsed(option: Option<unknown>, words: readonly string[]): unknown {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  return addContractOptions(command, optionOf(option))
    .parse([...words], { from: 'user' })
    .opts();
}

describe('what may be set from outside', () => {
  it.each(options)('%s comes back from the words it is written in', (_, name, option) => {
    const usual = option.flag?.without ?? option.initial;
    const values = others(option.form, usual);
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) {
      const words = wordsOf({ [name]: option }, { [name]: value });
      expect(words.length).toBeGreaterThan(0);
      expect(Object.values(parsed(option, words) as object)).toEqual([value]);
    }
  });

  it.each(options)('%s needs no word where it is as without its flag, or not said', (_, name, option) => {
    const usual = option.flag?.without ?? option.initial;
    expect(wordsOf({ [name]: option }, { [name]: usual })).toEqual([]);
    expect(wordsOf({ [name]: option }, {})).toEqual([]);
    expect(wordsOf({ [name]: option }, { [name]: null })).toEqual([]);
  });

  it.each(options)('%s says what it allows', (_, __, { form, flag }) => {
    expect(form.kind).not.toBe('picked');
    expect(allowed(form)).toMatch(/^(one|some|a|the|true) /);
    expect(flag?.help).toBeTruthy();
  });

  it.each(options)('%s allows its initial value, unless the command needs another', (_, __, option) => {
    const { success } = safely(option);
    expect(success).toBe(option.flag?.required !== true || option.initial === null);
  });
});

function safely({ schema, initial }: Option<unknown>): { success: boolean } {
  return v.safeParse(schema, initial);
}

describe('typed values', () => {
  const { temperature, topP, maxTokens } = everything.generate;
  const { at, by } = everything.occlusion;

  it('outside of the limits are not read', () => {
    expect(readTyped(maxTokens, '1')).toBe(1);
    for (const text of ['0', '1000001', '1.5', '-1', '', 'x', '1e3'])
      expect(readTyped(maxTokens, text)).toBeUndefined();
    expect(readTyped(temperature, '0.5')).toBe(0.5);
    for (const text of ['-0.1', '101', ' ', 'NaN']) expect(readTyped(temperature, text)).toBeUndefined();
    expect(readTyped(topP, '0.001')).toBe(0.001);
    expect(readTyped(topP, '0')).toBeUndefined();
  });

  it('name positions from 1, and the first has nothing before it', () => {
    expect(readTyped(at, '4')).toEqual([3, 4]);
    expect(readTyped(at, '4-6')).toEqual([3, 6]);
    for (const text of ['1', '1-3', '6-4', '2-', '-2', '2,3']) expect(readTyped(at, text)).toBeUndefined();
    expect(typedText(at.form, [3, 4])).toBe('4');
    expect(typedText(at.form, [3, 6])).toBe('4-6');
  });

  it('name parts of a text in three ways', () => {
    expect(readTyped(by, 'sentence')).toMatchObject({ by: 'sentence' });
    expect(readTyped(by, '/a+/')).toMatchObject({ by: 'match', pattern: '/a+/' });
    expect(readTyped(by, '1-3,9-9')).toMatchObject({
      by: 'selection',
      selection: [
        [0, 3],
        [8, 9],
      ],
    });
    for (const text of ['match', 'selection', '3', '0-3', '3-1', '']) expect(readTyped(by, text)).toBeUndefined();
    expect(() => readTyped(by, '/(/')).toThrow(expect.objectContaining({ problem: expect.anything() }));
  });

  it('say their limits in one sentence', () => {
    expect(allowed(maxTokens.form)).toBe('a whole number from 1 to 1000000');
    expect(allowed(temperature.form)).toBe('a number from 0 to 100');
    expect(allowed(topP.form)).toBe('a number above 0 up to 1');
    expect(allowed(everything.lens.top.form)).toBe('a whole number from 1 to 1000');
    expect(allowed(everything.engine.precision.form)).toBe('one of exact, fast');
  });
});
