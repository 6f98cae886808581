/** A choice that changes a result makes that result outdated; a choice that changes only its picture does not. */
import { describe, expect, it } from 'vitest';
import { analysisNames, contracts } from '../../../src/analysis/contracts';
import { dependence } from '../../../src/analysis/declare';
import { initialValues, type Option, type Options, type Values } from '../../../src/analysis/options';

/** Choices that take effect only together with another one. */
const conditional: Record<string, Record<string, unknown>> = {
  'saliency pattern': { by: 'match' },
  'embeddings basisLayer': { basis: 'frozen' },
  'embeddings seed': { method: 'umap' },
};

const cases = analysisNames.flatMap((name) =>
  Object.entries(contracts[name].options as Options).flatMap(([key, option]) => {
    const other = another(option);
    return other === undefined ? [] : [[`${name} ${key}`, name, key, option, other] as const];
  }),
);

/** A value other than the initial one. */
function another({ form, initial }: Option<unknown>): unknown {
  switch (form.kind) {
    case 'choice':
      return form.members.find((member) => member !== initial);
    case 'choices':
      return form.members.slice(0, 1);
    case 'number':
      return initial === form.most ? form.least : Math.min(form.most, Number(initial) + 1);
    case 'switch':
      return !initial;
    case 'text':
    case 'file':
      return 'another';
    default:
      return undefined;
  }
}

describe('what a result depends on', () => {
  it.each(cases)('%s', (label, name, key, option, other) => {
    const { options, depends } = contracts[name] as {
      options: Options;
      depends?: (values: Values<Options>) => unknown;
    };
    const before = { ...initialValues(options), ...conditional[label] };
    const of = (values: Values<Options>) => JSON.stringify(dependence({ options, depends }, values));
    const changed = of({ ...before, [key]: other }) !== of(before);
    expect(changed).toBe(option.changes === 'result');
  });

  it('of a repetition are its length and its number of runs, not that somebody asked', () => {
    const { options, depends } = contracts.repeat;
    const of = (change: object) => {
      const { repeat } = initialValues(options);
      return JSON.stringify(dependence({ options, depends }, { repeat: { ...repeat, ...change } }));
    };
    expect(of({ asked: true })).toBe(of({}));
    expect(of({ maxTokens: 50 })).not.toBe(of({}));
    expect(of({ runs: 5 })).not.toBe(of({}));
  });
});
