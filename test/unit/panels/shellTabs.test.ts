// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';
import { tabs } from '../../../src/analysis/contracts';
import { StageStrip } from '../../../webview/panels/shell/stages';
import { stages, stagesOf, tabsAway } from '../../../webview/panels/shell/tabs';

vi.mock('../../../webview/base/controls', () => ({}));

describe('tabs in a narrow panel', () => {
  const widths = [80, 60, 60, 50, 60, 80, 80];

  it('all stay where there is room', () => {
    expect(tabsAway(widths, 0, 470)).toEqual([]);
  });

  it('the last ones go first', () => {
    expect(tabsAway(widths, 0, 400)).toEqual([6]);
    expect(tabsAway(widths, 0, 300)).toEqual([4, 5, 6]);
  });

  it('the chosen one stays, whatever it is', () => {
    expect(tabsAway(widths, 6, 340)).toEqual([4, 5]);
    expect(tabsAway(widths, 6, 10)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('the stages of the model', () => {
  const strip = (onOpen = vi.fn()) => {
    const stages = new StageStrip(onOpen);
    const buttons = [...stages.element.querySelectorAll('button')];
    const marked = () => buttons.flatMap((each) => (each.hasAttribute('aria-current') ? [each.textContent] : []));
    return { stages, buttons, marked, onOpen };
  };

  it('are the way of a text through the model, and each leads to a tab', () => {
    const { buttons, onOpen } = strip();
    expect(buttons.map(({ textContent }) => textContent)).toEqual([
      'tokenizer',
      'embedding',
      'blocks, in turn',
      'probabilities of the next token',
    ]);
    for (const button of buttons) button.click();
    expect(onOpen.mock.calls).toEqual([['probabilities'], ['embeddings'], ['attention'], ['probabilities']]);
    expect(buttons[2].title).toBe('Seen in: Attention, Layers, Patching, Lie Detector, Saliency, Embeddings');
  });

  it('those that the tab in front looks into are marked', () => {
    const { stages, marked } = strip();
    stages.show('embeddings');
    expect(marked()).toEqual(['embedding', 'blocks, in turn']);
    stages.show('patching');
    expect(marked()).toEqual(['blocks, in turn']);
  });

  it('every tab looks into some stage, and every stage is looked into', () => {
    for (const tab of tabs) expect(stagesOf(tab).length).toBeGreaterThan(0);
    expect(new Set(tabs.flatMap(stagesOf))).toEqual(new Set(stages));
  });
});
