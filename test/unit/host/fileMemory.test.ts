import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../../src/analysis/probabilities/contract';
import { FileMemory, type Storage } from '../../../src/host/session/fileMemory';
import { initialIntent } from '../../../src/host/session/panelDefaults';
import { choicesOf, noChoices } from '../../../src/host/session/promptChoices';

function stored(initial?: unknown): Storage & { held: unknown; json: () => string } {
  return {
    held: initial,
    get() {
      // A real store keeps JSON and not objects.
      return this.held === undefined ? undefined : JSON.parse(this.json());
    },
    async update(_, value) {
      this.held = value;
    },
    json() {
      return JSON.stringify(this.held);
    },
  };
}

function baseline(tokens = 2, name = 'pinned 10:00'): Baseline {
  return {
    ...{ name, model: 'aa', rendered: 'A b', bytes: Array.from({ length: tokens }, (_, i) => `20776f7264${i}`) },
    places: Array.from({ length: tokens }, (_, i) => [2 * i, 2 * i + 1]),
    logprob: Array.from({ length: tokens }, (_, i) => (i === 0 ? null : -1.25)),
    next: [{ id: 5, text: ' c', logprob: -0.5 }],
    end: { id: 2, text: '<|im_end|>', logprob: -3 },
    perplexity: 3.5,
  };
}

const chosen = choicesOf({
  ...initialIntent,
  target: { text: ' London', contrast: ' Paris', span: [1, 2] },
  attention: { ...initialIntent.attention, heads: [{ layer: 3, head: 1 }] },
  patching: { ...initialIntent.patching, from: 'Another prompt' },
  continueLast: true,
});
const uri = 'file:///w/a.txt';
const id = `${uri}#text`;

describe('the memory of prompts', () => {
  it('outlasts the window: choices, baseline and lock, without the positions of a target', () => {
    const storage = stored();
    const memory = new FileMemory(storage);
    memory.keep(id, { choices: chosen });
    memory.keep(id, { baseline: baseline() });
    memory.keep(id, { locked: { position: 4, digest: 'd' } });
    const again = new FileMemory(storage).of(id);
    expect(again.choices).toEqual({ ...chosen, target: { text: ' London', contrast: ' Paris' } });
    expect(again.baseline).toEqual(baseline());
    expect(again.locked).toEqual({ position: 4, digest: 'd' });
  });

  it('knows nothing of another prompt, nor of another reading of the same file', () => {
    const memory = new FileMemory();
    memory.keep(id, { choices: chosen });
    for (const other of ['file:///w/b.txt#text', `${uri}#plain`])
      expect(memory.of(other)).toEqual({ choices: noChoices, baseline: null, locked: null, continuations: null });
  });

  it('follows a renamed file or folder, and no file whose name only begins alike', () => {
    const memory = new FileMemory();
    for (const each of [id, 'file:///w/a.txt2#text', 'file:///w/sub/c.txt#text'])
      memory.keep(each, { baseline: baseline() });
    memory.renamed(uri, 'file:///w/new.txt');
    memory.renamed('file:///w/sub', 'file:///w/moved');
    expect(memory.of(id).baseline).toBeNull();
    for (const each of ['file:///w/new.txt#text', 'file:///w/a.txt2#text', 'file:///w/moved/c.txt#text'])
      expect(memory.of(each).baseline?.name).toBe('pinned 10:00');
  });

  it('forgets a deleted file or folder, also in the store', () => {
    const storage = stored();
    const memory = new FileMemory(storage);
    for (const each of [id, 'file:///w/sub/c.txt#text', 'file:///w/subway.txt#text'])
      memory.keep(each, { choices: chosen });
    memory.forget(uri);
    memory.forget('file:///w/sub');
    expect(memory.of(id).choices).toEqual(noChoices);
    expect(Object.keys(storage.held as object)).toEqual(['file:///w/subway.txt#text']);
  });

  it('stores at most 400,000 characters: the newest baselines, and the small choices of the others', () => {
    const storage = stored();
    const memory = new FileMemory(storage);
    const ids = Array.from({ length: 30 }, (_, i) => `file:///w/${i}.txt#text`);
    for (const each of ids) memory.keep(each, { choices: chosen, baseline: baseline(2000, each) });
    expect(storage.json().length).toBeLessThan(402_000);
    const again = new FileMemory(storage);
    expect(again.of(ids[29]).baseline?.name).toBe(ids[29]);
    expect(again.of(ids[0]).baseline).toBeNull();
    expect(again.of(ids[0]).choices.target).toEqual({ text: ' London', contrast: ' Paris' });
    // This window still has them all.
    expect(memory.of(ids[0]).baseline?.name).toBe(ids[0]);
  });

  it('keeps the 200 prompts changed last, and no text that was never saved', () => {
    const storage = stored();
    const memory = new FileMemory(storage);
    for (let i = 0; i < 205; i++) memory.keep(`file:///w/${i}.txt#text`, { choices: chosen });
    memory.keep('untitled:Untitled-1#text', { choices: chosen });
    expect(memory.of('untitled:Untitled-1#text').choices.continueLast).toBe(true);
    const ids = Object.keys(storage.held as object);
    expect(ids).toHaveLength(199);
    expect(ids[0]).toBe('file:///w/6.txt#text');
  });

  it.each([
    [undefined],
    ['text'],
    [{ [id]: 3 }],
    [{ [id]: { choices: 7, baseline: { name: 'x' }, locked: { position: -1 } } }],
    [
      {
        [id]: { choices: { target: { text: 5 }, attention: { heads: 'all' } }, baseline: { ...baseline(), next: [1] } },
      },
    ],
  ])('takes nothing from what another program stored: %j', (held) => {
    expect(new FileMemory(stored(held)).of(id)).toEqual({
      choices: noChoices,
      baseline: null,
      locked: null,
      continuations: null,
    });
  });

  it('takes the usable part of what an older version stored', () => {
    const held = { [id]: { choices: { target: { text: ' x' }, attention: { heads: [{ layer: 1, head: 2 }, 'no'] } } } };
    const { choices } = new FileMemory(stored(held)).of(id);
    expect(choices).toEqual({ ...noChoices, target: { text: ' x' }, attention: { heads: [{ layer: 1, head: 2 }] } });
  });

  it('has nothing to store of a prompt whose choices were all taken back', () => {
    const storage = stored();
    const memory = new FileMemory(storage);
    memory.keep(id, { choices: chosen });
    memory.keep(id, { choices: noChoices });
    expect(storage.held).toEqual({});
  });
});
