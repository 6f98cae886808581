/** Many prompts one after another: what is kept of each is limited, so the engine does not grow with their number. */
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { afterAll, expect, it } from 'vitest';
import { alone } from '../fixtures/saliencyAsked';
import { endEngines, engineOptions, forkEngine, raw, words } from '../process/forkEngine';

const prompts = 50;

afterAll(endEngines);

it.skipIf(platform() !== 'linux')(
  'fifty prompts leave the engine at most a tenth larger than the fifth did',
  async () => {
    const engine = forkEngine();
    await engine.channel.request('load', engineOptions());
    const resident = () =>
      Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${engine.child.pid}/status`, 'utf8'))?.[1]) / 1024;
    const sizes: number[] = [];
    for (let at = 0; at < prompts; at++) {
      const prompt = raw(`Customer ${at}: ${words(40 + at)}\nAnswer:`);
      const { result } = await engine.channel.request('probabilities', { prompt, top: 10, nextTop: 200 });
      expect(result.next).toHaveLength(200);
      // Every tenth is explained too, as a user would.
      if (at % 10 === 0)
        await engine.channel.request('saliency', { prompt, target: {}, ...alone, by: 'line', methods: ['occlusion'] });
      sizes.push(resident());
    }
    const [fifth, last] = [sizes[4], Math.min(...sizes.slice(-3))];
    expect(last, `${fifth} MB after the fifth, ${last} after the last`).toBeLessThan(1.1 * fifth);
  },
  480_000,
);
