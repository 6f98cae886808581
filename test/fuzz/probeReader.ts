/** Fuzzes the files of truth probes, and what is shown and computed with an accepted one. */
import { readProbe } from '../../src/inference/probeFile';
import { type FuzzReader, must } from './check';
import { below, mutatedJson, mutatedText, type Random } from './mutate';
import { probedModel, storedProbe } from './probes';

/** Every number and text that a page or a printed card may show. */
function everyValue(value: unknown, path: string): void {
  if (typeof value === 'number') must(Number.isFinite(value), `${path} is a number`);
  else if (typeof value === 'string') must(value.length <= 400, `${path} is no longer than a name`);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) everyValue(inner, `${path}.${key}`);
  } else must(value === null || typeof value === 'boolean', `${path} is there`);
}

export const probeReader: FuzzReader = {
  name: 'probe',
  ending: 'json',
  input: (random: Random) => {
    const text = JSON.stringify(mutatedJson(random, storedProbe())) ?? '';
    return below(random, 10) > 0 ? text : mutatedText(random, text, [text]);
  },
  read: (input) => {
    const { card, layers, verdict, region } = readProbe(String(input), 'p.json', probedModel);
    everyValue(card, 'card');
    for (const block of card.blocks) must(layers[block] !== undefined, 'a block is one of the model');
    must(
      verdict.weights.length === 2 * probedModel.width && region.axes.length === region.variance.length,
      'sizes agree',
    );
    const { map } = card;
    must(
      map.topic.every((topic) => card.topics[topic] !== undefined),
      'a point of the map has a topic',
    );
  },
};
