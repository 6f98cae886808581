/** The READMEs say of the truth probe what its card says, and the card keeps its promises. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCard, readers, sentence, withFigures } from '../../../scripts/truthFigures.mjs';

const card = readCard();
const share = ({ hits, of }) => hits / of;

describe('the figures of the truth probe', () => {
  it.each(Object.keys(readers))('stand in %s as the card has them', (name) => {
    const text = readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
    expect(withFigures(text, readers[name](card))).toBe(text);
  });

  it('change in words with the card', () => {
    const rate = { hits: 48, of: 48, low: 0.9395, high: 1 };
    const other = { ...card, frozen: null, accuracy: { ...card.accuracy, decided: rate } };
    expect(sentence(other)).toContain('no error on 48 (up to 6 in 100 possible)');
    expect(sentence({ ...other, topicRange: [0.46, 1] })).toContain('from 46 to 100');
    expect(() => withFigures('no comments', '')).toThrow(/No "/);
  });

  it('are worth their promise: .84 on average over topics left out, 85 in 100 right where 40 in 100 are decided', () => {
    expect(card.topics.length).toBeGreaterThanOrEqual(60);
    expect(card.topicMean.value).toBeGreaterThanOrEqual(0.84);
    expect(share(card.accuracy.decided)).toBeGreaterThanOrEqual(0.85);
    expect(share(card.accuracy.coverage)).toBeGreaterThanOrEqual(0.4);
  });

  it('give every rate an interval that holds it, over topics as wide as they are apart', () => {
    for (const figures of [card, card.frozen])
      for (const rate of [...Object.values(figures.accuracy), ...figures.topics.map(({ decided }) => decided)]) {
        if (rate.of === 0) continue;
        expect(rate.low).toBeLessThanOrEqual(share(rate));
        expect(rate.high).toBeGreaterThanOrEqual(share(rate));
        expect(rate.high - rate.low).toBeGreaterThan(0);
      }
    const values = card.topics.map(({ auroc }) => auroc.value);
    expect(card.topicRange).toEqual([Math.min(...values), Math.max(...values)]);
    expect(card.topicMean.value).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 10);
  });

  it('are of topics trained on and topics kept aside that share none', () => {
    const trained = new Set(card.topics.map(({ topic }) => topic));
    expect(card.frozen.topics).toHaveLength(10);
    for (const { topic } of card.frozen.topics) expect(trained).not.toContain(topic);
    for (const { words, length } of [card.baselines, card.frozen.baselines]) {
      expect(Math.abs(words.value - 0.5)).toBeLessThan(0.06);
      expect(Math.abs(length.value - 0.5)).toBeLessThan(0.06);
    }
  });
});
