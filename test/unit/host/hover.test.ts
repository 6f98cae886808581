import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

vi.mock('vscode', () => ({
  l10n: { t: (text: string) => text },
  env: { language: 'en' },
  Hover: class {},
  Range: class {},
  MarkdownString: class {},
}));

import { TokenHover } from '../../../src/host/editor/hover';
import type { Lens } from '../../../src/host/lens';
import { shown } from './sessionBench';

const text = 'The film was dull';
const at = (offset: number) => ({ offset }) as never;

/** A hover over the document whose probabilities are shown. */
async function hovering() {
  const { session } = await shown(text);
  const view = { session, panel: {} };
  const settings = { alternatives: 3 };
  const hover = new TokenHover({ viewOf: () => view, settings } as unknown as Lens);
  const document = {
    uri: { toString: () => 'file:///a.txt' },
    getText: () => text,
    offsetAt: ({ offset }: { offset: number }) => offset,
    positionAt: (offset: number) => ({ offset }),
  };
  return { session, point: (offset: number) => hover.provideHover(document as never, at(offset)) };
}

describe('a word under the mouse', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('lights up in the panel and goes out by itself', async () => {
    const { session, point } = await hovering();
    point(14);
    expect(session.state.selection.hover).toBe(3);
    vi.advanceTimersByTime(3999);
    expect(session.state.selection.hover).toBe(3);
    vi.advanceTimersByTime(1);
    expect(session.state.selection.hover).toBeNull();
  });

  it('goes out at once where no token is', async () => {
    const { session, point } = await hovering();
    point(14);
    point(200);
    expect(session.state.selection.hover).toBeNull();
  });

  it('leaves alone what has been pointed at since', async () => {
    const { session, point } = await hovering();
    point(14);
    session.select({ hover: 1 }, 'page');
    vi.advanceTimersByTime(10_000);
    expect(session.state.selection.hover).toBe(1);
  });
});
