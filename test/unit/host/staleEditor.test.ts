import { describe, expect, it, vi } from 'vitest';

vi.mock('vscode', () => {
  class Range {
    constructor(
      readonly start: unknown,
      readonly end: unknown,
    ) {}
    contains() {
      return true;
    }
  }
  class CodeLens {
    constructor(
      readonly range: unknown,
      readonly command: { title: string; command: string; arguments?: unknown[] },
    ) {}
  }
  class InlayHint {
    constructor(
      readonly position: unknown,
      readonly label: string,
    ) {}
  }
  const t = (text: string, ...args: unknown[]) => text.replace(/\{(\d)\}/g, (_, i) => String(args[Number(i)]));
  return { l10n: { t }, env: { language: 'en' }, Range, CodeLens, InlayHint };
});

import * as vscode from 'vscode';
import { NextTokenInlay } from '../../../src/host/editor/nextTokenInlay';
import { PromptCodeLens } from '../../../src/host/editor/promptCodeLens';
import { shownProbabilities } from '../../../src/host/editor/shownProbabilities';
import { shownSaliency } from '../../../src/host/editor/shownSaliency';
import type { Lens } from '../../../src/host/lens';
import type { LensSession } from '../../../src/host/session/lensSession';
import { settled } from './fakes';
import { saliencyOf } from './prompts';
import { setUp, shown, source } from './sessionBench';

const text = 'The film was dull';

/** The editor's features over a session; `now` holds the editor's text. */
function editorOf(session: LensSession, now: { text: string }, live: boolean) {
  const settings = { codeLens: true, nextTokenInlay: true, live };
  const lens = { viewOf: () => ({ session }), settings, onDidChange: () => {} } as unknown as Lens;
  const document = {
    uri: { path: '/a.txt', toString: () => 'file:///a.txt' },
    getText: () => now.text,
    positionAt: (offset: number) => offset,
    offsetAt: (offset: number) => offset,
  } as never;
  const range = new vscode.Range(0, 0, 0, 0);
  return {
    lens,
    document,
    ghosts: () => new NextTokenInlay(lens).provideInlayHints(document, range).map(({ label }) => label),
    lines: () => new PromptCodeLens(lens).provideCodeLenses(document).map(({ command }) => command),
    titles: () => new PromptCodeLens(lens).provideCodeLenses(document).map(({ command }) => command?.title),
  };
}

describe('ghost text and code lens', () => {
  it('say what comes next after the text as it stands, and act on this file', async () => {
    const { session } = await shown(text);
    const { ghosts, titles, lines } = editorOf(session, { text }, true);
    expect(ghosts()).toEqual(['·end .61']);
    expect(titles()).toEqual(['4 tokens · perplexity 2.0', 'Next: ·end .61', 'Why “end”?']);
    for (const command of lines()) expect(command?.arguments).toEqual(['file:///a.txt']);
  });

  it('say nothing of an edited text from the first key on, before the session has even heard of it', async () => {
    const { session } = await shown(text, { live: false });
    const now = { text: `${text} and long` };
    const { ghosts, titles, lines } = editorOf(session, now, false);
    expect(ghosts()).toEqual([]);
    expect(titles()).toEqual(['Edited since the last run · Run']);
    expect(lines()[0]).toMatchObject({ command: 'promptLens.run', arguments: ['file:///a.txt'] });
    session.setSource(source(now.text));
    expect(ghosts()).toEqual([]);
    expect(titles()).toEqual(['Edited since the last run · Run']);
  });

  it('wait for the run that live updates bring', async () => {
    const { session } = await shown(text);
    const now = { text: `${text}.` };
    session.setSource(source(now.text));
    const { ghosts, titles } = editorOf(session, now, true);
    expect([ghosts(), titles()]).toEqual([[], ['Edited since the last run']]);
  });

  it('keep the tints before the edit and lose those behind it', async () => {
    const { session } = await shown(text, { live: false });
    const { lens, document } = editorOf(session, { text: 'The film is dull' }, false);
    expect(shownProbabilities(lens, document)).toMatchObject({ exact: 2, present: false });
  });
});

describe('saliency in the text', () => {
  async function tinted() {
    const { session, questions } = setUp({ live: false });
    const { saliency } = session.state.intent;
    session.setIntent({ ...session.state.intent, saliency: { ...saliency, inEditor: true } }, 'page');
    session.setSource(source(text));
    session.setWanted(['saliency']);
    await settled();
    const { prompt, result } = saliencyOf(text, { occlusion: [0.1, 0.2, 0.3, 0.4] });
    questions[0].resolve({ prompt, result, runMs: 4, reused: 0 });
    await settled();
    // The panel is hidden, so nothing computes the result anew.
    session.setWanted([]);
    const now = { text };
    const { lens, document } = editorOf(session, now, false);
    return { session, now, shows: () => shownSaliency(lens, document) !== null };
  }

  it('is of the text as it stands', async () => {
    const { shows, now } = await tinted();
    expect(shows()).toBe(true);
    now.text = `${text}.`;
    expect(shows()).toBe(false);
  });

  it('goes with another target, and comes back with the one it is of', async () => {
    const { session, shows } = await tinted();
    session.setTarget({ text: ' bright' });
    expect(shows()).toBe(false);
    session.setTarget({});
    expect(shows()).toBe(true);
  });
});

describe('a change of the ghost text', () => {
  it('is told again until the editor asks, and not for ever', () => {
    vi.useFakeTimers();
    try {
      let change = () => {};
      const lens = {
        onDidSettle: (listener: () => void) => {
          change = listener;
          return { dispose: () => {} };
        },
        settings: { nextTokenInlay: false },
      } as unknown as Lens;
      const inlay = new NextTokenInlay(lens);
      let told = 0;
      const subscription = inlay.onDidChangeInlayHints(() => told++);
      change();
      expect(told).toBe(1);
      vi.advanceTimersByTime(1500);
      expect(told).toBe(2);
      inlay.provideInlayHints({} as never, new vscode.Range(0, 0, 0, 0));
      vi.advanceTimersByTime(60_000);
      expect(told).toBe(2);
      change();
      vi.advanceTimersByTime(60_000);
      expect(told).toBe(6);
      change();
      subscription.dispose();
      vi.advanceTimersByTime(60_000);
      expect(told).toBe(7);
    } finally {
      vi.useRealTimers();
    }
  });
});
