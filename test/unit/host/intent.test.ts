import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../src/analysis/panel';
import { initialIntent } from '../../../src/host/session/panelDefaults';
import { Places } from '../../../src/host/session/places';
import { restoredIntent } from '../../../src/host/session/restoredIntent';
import { textChange } from '../../../src/host/session/textChange';
import { wantedBy } from '../../../src/host/session/wanted';
import { token, wordsOf } from './prompts';

describe('what a tab needs', () => {
  const wanted = (change: Partial<Intent>) => wantedBy({ ...initialIntent, ...change });

  it('is its own analysis, on Layers that of the section', () => {
    expect(wanted({ tab: 'attention' })).toEqual(['attention']);
    expect(wanted({ tab: 'saliency' })).toEqual(['saliency']);
    const sections = (['lens', 'heads', 'examples'] as const).map((section) =>
      wanted({ tab: 'layers', layers: { ...initialIntent.layers, section } }),
    );
    expect(sections).toEqual([['layers'], ['heads'], ['examples']]);
  });

  it('is nothing on Patching until a second prompt is chosen', () => {
    expect(wanted({ tab: 'patching' })).toEqual([]);
    const { probabilities } = initialIntent;
    expect(wanted({ tab: 'probabilities' })).toEqual(['probabilities']);
    const repeat = { ...probabilities.repeat, asked: true };
    expect(wanted({ tab: 'probabilities', probabilities: { ...probabilities, repeat } })).toEqual([
      'probabilities',
      'repeat',
    ]);
    expect(wanted({ tab: 'patching', patching: { from: 'x', map: 'heads' } })).toEqual(['patching']);
  });
});

describe('an intent from before a reload', () => {
  it('comes back as it was', () => {
    const intent: Intent = {
      ...initialIntent,
      tab: 'layers',
      target: { text: ' yes', contrast: ' no' },
      layers: { section: 'heads', cell: 'change', pins: [{ id: 3, text: ' a' }], map: 'sinkMass' },
      patching: { from: 'Another', map: 'heads' },
    };
    expect(restoredIntent(structuredClone(intent), initialIntent)).toEqual(intent);
  });

  it('of an older version gets the new fields', () => {
    const { target, saliency, layers, patching, attention, probabilities, ...older } = initialIntent;
    const saved = { ...older, tab: 'attention', sink: 'hide', tint: 'rank' };
    expect(restoredIntent(saved, initialIntent)).toEqual({
      ...initialIntent,
      tab: 'attention',
      attention: { ...attention, sink: 'hide' },
      probabilities: { ...probabilities, tint: 'rank' },
    });
  });

  it('keeps of damaged fields what is sound', () => {
    const saved = {
      ...initialIntent,
      tab: 'nowhere',
      attention: { gamma: Number.NaN, heads: [{ layer: 1, head: 2 }, { layer: -1 }, 7] },
      target: { text: 5, contrast: ' no' },
      saliency: { by: 'selection', methods: ['norm', 'evil', 'norm'], range: 99, inEditor: 'yes' },
      layers: 'none',
      patching: { from: 12 },
    };
    expect(restoredIntent(saved, initialIntent)).toEqual({
      ...initialIntent,
      attention: { ...initialIntent.attention, heads: [{ layer: 1, head: 2 }] },
      target: { contrast: ' no' },
      saliency: { ...initialIntent.saliency, methods: ['norm'] },
    });
  });

  it('points at no positions: the text may have changed meanwhile', () => {
    expect(restoredIntent({ ...initialIntent, target: { span: [1, 2] } }, initialIntent)?.target).toEqual({});
  });

  it.each([null, 7, 'x', [], {}, { version: 2 }])('that is none is no intent: %j', (saved) => {
    expect(restoredIntent(saved, initialIntent)).toBeNull();
  });

  it('is one that a page may send: no fraction, number or text beyond what a page is believed', () => {
    const kept = {
      ...initialIntent,
      attention: { ...initialIntent.attention, headSort: 'y'.repeat(5000) },
      probabilities: { sampling: { ...initialIntent.probabilities.sampling, topK: 0.1, seed: 1e300 } },
      layers: { ...initialIntent.layers, pins: [{ id: 2 ** 60, text: 'a' }] },
      embeddings: { ...initialIntent.embeddings, seed: 0.5, pattern: 'y'.repeat(5000) },
    };
    expect(restoredIntent(kept, initialIntent)).toEqual(initialIntent);
  });
});

describe('words that are the target', () => {
  const before = 'one two one three';

  /** Looks the words up in the last text, after each of the edits in turn. */
  function foundAfter(span: [number, number], ...texts: string[]) {
    const places = new Places();
    places.hold(wordsOf(before), span, null);
    let text = before;
    for (const next of texts) {
      const change = textChange(text, next);
      if (change && !places.edited(change)) return null;
      text = next;
    }
    return places.find(wordsOf(text));
  }

  it('are found again after edits on both sides', () => {
    expect(foundAfter([2, 3], 'zero one two one three', 'zero one two one three four')).toEqual([3, 4]);
    expect(foundAfter([1, 3], 'one two one')).toEqual([1, 3]);
  });

  it('are not taken for the same word elsewhere', () => {
    expect(foundAfter([2, 3], 'one two three')).toBeNull();
  });

  it('never become the first token, before which nothing stands', () => {
    expect(foundAfter([1, 2], ' two one three')).toBeNull();
  });

  it('of the template are counted from the side that did not change', () => {
    const chat = (words: string[]) => ({
      ...wordsOf('x'),
      tokens: [
        token('<user>', null, 1),
        ...words.map((word, index) => token(word, [index, index + 1], 50 + index)),
        token('<end>', null, 2),
        token('<assistant>', null, 3),
      ],
    });
    const places = new Places();
    places.hold(chat(['a']), [3, 4], textChange('a', 'ab'));
    expect(places.find(chat(['a', 'b']))).toEqual([4, 5]);
  });

  it('lose nothing but what an edit went through', () => {
    const places = new Places();
    places.units = [
      [0, 3],
      [4, 7],
      [8, 11],
    ];
    places.edited({ start: 5, oldEnd: 6, newEnd: 9 });
    expect(places.units).toEqual([
      [0, 3],
      [11, 14],
    ]);
  });
});
