import { describe, expect, it } from 'vitest';
import { readProbe } from '../../../src/inference/probeFile';
import { probedModel, storedProbe } from '../../fuzz/probes';

type Fields = Record<string, unknown>;

/** The probe with the field at a path replaced, or removed (undefined). */
function changed(path: string, value: unknown): string {
  const probe = storedProbe() as unknown as Fields;
  const keys = path.split('.');
  const holder = keys.slice(0, -1).reduce((at, key) => at[key] as Fields, probe);
  const last = keys[keys.length - 1];
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return JSON.stringify(probe);
}

const refusal = (text: string): string => {
  try {
    readProbe(text, 'p.json', probedModel);
  } catch (error) {
    return (error as Error).message;
  }
  return 'read';
};

describe('a probe file', () => {
  it('is read with its sizes', () => {
    const { layers, verdict, region, card } = readProbe(JSON.stringify(storedProbe()), 'p.json', probedModel);
    expect(layers).toHaveLength(4);
    expect(verdict.weights).toHaveLength(8);
    expect(verdict.bias).toBeCloseTo(Math.sin(8), 6);
    expect(region.axes.map(({ length }) => length)).toEqual([4, 4]);
    expect(card.topics[1].topic).toBe('metals');
  });

  it.each([
    ['card.auroc.low', undefined],
    ['card.auroc', null],
    ['card.auroc.value', '0.8'],
    ['card.auroc.value', 1.5],
    ['card.accuracy.decided.hits', 21],
    ['card.accuracy.decided.of', 2.5],
    ['card.blocks', []],
    ['card.blocks.0', 4],
    ['card.blocks.0', -1],
    ['card.trainedOn', undefined],
    ['card.topics', {}],
    ['card.topics.0.topic', 7],
    ['card.topics.0.topic', 'x'.repeat(401)],
    ['card.layers.2.layer', 9],
    ['card.frozen', undefined],
    ['card.map.x', [0]],
    ['card.map.topic.0', 2],
    ['arrays.mean', 42],
    ['arrays.verdict', 'no base64!'],
    ['arrays', null],
    ['platt.slope', null],
    ['limit', 'NaN'],
    ['rest', undefined],
  ])('with %s as %j is refused in one sentence', (path, value) => {
    expect(refusal(changed(path, value))).toMatch(
      /^The probe file p\.json cannot be read: (?:card|arrays|platt|limit|rest)[\w.]* is missing or invalid\. Choose another probe, or train this one again\.$/,
    );
  });

  it.each([
    ['{', /it is not JSON/],
    ['null', /it is not a truth probe of this version/],
    ['[]', /it is not a truth probe of this version/],
    [changed('schema', 1), /it is not a truth probe of this version/],
    [changed('card', 3), /it is not a truth probe of this version/],
    [changed('card.modelSha256', 'cd'.repeat(32)), /was trained on a different model than tiny/],
    [changed('arrays.mean', ''), /mean has the wrong size/],
    [changed('arrays.variance', storedProbe().arrays.mean), /variance has the wrong size/],
    [changed('arrays.mean', Buffer.alloc(16, 255).toString('base64')), /mean has the wrong size/],
  ])('%# is refused with its reason', (text, message) => {
    expect(refusal(text)).toMatch(message);
  });
});
