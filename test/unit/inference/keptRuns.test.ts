import { describe, expect, it } from 'vitest';
import { KeptRuns } from '../../../src/inference/keptRuns';
import type { Prompt } from '../../../src/protocol/model';

const promptOf = (rendered: string): Prompt => ({ file: null, rendered, tokens: [] });

describe('the tokenised prompts of a model', () => {
  const read: string[] = [];
  const kept = new KeptRuns({ layers: 1, keyValueHeads: 1, headWidth: 1 });
  const ask = (text: string) =>
    kept.prompt(text, async () => {
      read.push(text);
      if (text === 'bad') throw new Error('It cannot be read.');
      return promptOf(text);
    });

  it('are read once for all analyses of a text, also for those that ask at the same time', async () => {
    const [first, second] = await Promise.all([ask('a'), ask('a')]);
    expect(first).toBe(second);
    expect(await ask('a')).toEqual(promptOf('a'));
    expect(read).toEqual(['a']);
  });

  it('are kept for two texts, the last ones that were asked for', async () => {
    await ask('b');
    await ask('a');
    await ask('c');
    await ask('a');
    expect(read).toEqual(['a', 'b', 'c']);
    await ask('b');
    expect(read).toEqual(['a', 'b', 'c', 'b']);
  });

  it('are tried again after a failure', async () => {
    await expect(ask('bad')).rejects.toThrow('cannot be read');
    await expect(ask('bad')).rejects.toThrow('cannot be read');
    expect(read.filter((text) => text === 'bad')).toHaveLength(2);
  });
});
