/**
 * A recorded example for the seconds in which the model loads: the last review of a three-review prompt, scored by the bundled
 * SmolLM2-135M-Instruct (Q4_1, float32 arithmetic) with transformers, in the context of the reviews before it. Always badged.
 */
import type { Prompt } from '../../../src/protocol/model';
import type { Scores } from '../../charts/shared/tint';

/** The model the numbers belong to; another model shows no example. */
export const EXAMPLE_MODEL = 'SmolLM2-135M-Instruct';

/** id, text, bytes, start, end, log-probability, rank. */
const rows: [number, string, string, number, number, number, number][] = [
  [21465, 'Review', '526576696577', 0, 6, -0.70049, 0],
  [42, ':', '3a', 6, 7, -0.014659, 0],
  [378, ' The', '20546865', 7, 11, -5.8906, 10],
  [4771, ' film', '2066696c6d', 11, 16, -6.1195, 59],
  [436, ' was', '20776173', 16, 20, -1.8816, 1],
  [19724, ' dull', '2064756c6c', 20, 25, -7.551, 169],
  [284, ' and', '20616e64', 25, 29, -1.2354, 1],
  [1869, ' far', '20666172', 29, 33, -10.531, 784],
  [1147, ' too', '20746f6f', 33, 37, -1.1675, 1],
  [986, ' long', '206c6f6e67', 37, 42, -2.1898, 1],
  [30, '.', '2e', 42, 43, -1.2931, 0],
];

export function exampleData(): Scores & { prompt: Prompt } {
  return {
    prompt: {
      file: null,
      rendered: rows.map((row) => row[1]).join(''),
      tokens: rows.map(([id, text, bytes, start, end]) => {
        return { id, text, bytes, start, end, source: [start, end], special: false, role: null };
      }),
    },
    logprob: rows.map((row) => row[5]),
    rank: rows.map((row) => row[6]),
  };
}
