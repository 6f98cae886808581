import { describe, expect, it } from 'vitest';
import type { SentChange } from '../../../src/analysis/panel';
import { Outbox } from '../../../src/host/panel/outbox';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';
import { Typing } from '../../../src/host/session/typing';
import { FakeClock } from './fakes';

describe('a pause in typing', () => {
  const typed = (...gaps: number[]) => {
    let now = 1000;
    const typing = new Typing({ now: () => now });
    typing.edited();
    for (const gap of gaps) {
      now += gap;
      typing.edited();
    }
    return typing;
  };

  it('is over when nobody typed', () => {
    expect(new Typing({ now: () => 0 }).left(300)).toBeLessThanOrEqual(0);
  });

  it('lasts the least time after one key, and after quick keys', () => {
    expect(typed().left(300)).toBe(300);
    expect(typed(60, 60, 60, 60).left(300)).toBe(300);
  });

  it('lasts longer after a slow hand, but not for ever', () => {
    expect(typed(200, 200, 200).left(300)).toBe(500);
    expect(typed(700, 700, 700).left(300)).toBe(900);
  });

  it('starts anew after a long gap', () => {
    expect(typed(200, 200, 200, 5000).left(300)).toBe(300);
  });

  it('does not concern a text that came in another way', () => {
    const typing = typed(200);
    typing.ended();
    expect(typing.left(300)).toBeLessThanOrEqual(0);
  });
});

describe('what is sent to the page', () => {
  const data = { prompt: { rendered: 'a', tokens: [] }, result: {}, end: null } as never;
  const ready = { kind: 'ready', data, runMs: 1, at: 0 } as const;

  function outbox() {
    const clock = new FakeClock();
    const posted: SentChange[] = [];
    let until = 0;
    const box = new Outbox({
      post: (change) => void posted.push(change),
      typingLeft: () => until - clock.now(),
      clock,
    });
    box.begin(initialState(initialIntent, true));
    const type = (pauseMs: number) => {
      until = clock.now() + pauseMs;
    };
    return { box, clock, posted, type };
  }

  it('goes at once while nobody types', () => {
    const { box, posted } = outbox();
    box.add({ title: 'a' });
    expect(posted).toEqual([{ title: 'a' }]);
  });

  it('leaves out data that the page has, and only those', () => {
    const { box, posted } = outbox();
    box.add({ probabilities: ready });
    box.add({ probabilities: { kind: 'stale', data, exactTokens: 3 } });
    box.add({ probabilities: { kind: 'running', previous: data, progress: null, elapsedMs: 1 } });
    box.add({ probabilities: { ...ready, data: { ...(data as object) } as never } });
    expect(posted[0]).toEqual({ probabilities: ready });
    expect(posted[1]).toEqual({
      probabilities: { kind: 'stale', data: null, exactTokens: 3 },
      kept: ['probabilities'],
    });
    expect(posted[2]).toMatchObject({ probabilities: { previous: null }, kept: ['probabilities'] });
    expect(posted[3]).toEqual({ probabilities: ready });
  });

  it('sends the data again to a new page, and after a state without them', () => {
    const { box, posted } = outbox();
    box.add({ probabilities: ready });
    box.begin(initialState(initialIntent, true));
    box.add({ probabilities: ready });
    box.add({ probabilities: { kind: 'empty' } });
    box.add({ probabilities: ready });
    expect(posted.map(({ kept }) => kept)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('waits while keys arrive, but for the word that the numbers are out of date, and then comes once', async () => {
    const { box, clock, posted, type } = outbox();
    box.add({ probabilities: ready });
    posted.length = 0;
    type(250);
    box.add({ text: 'b' });
    box.add({ outdated: { probabilities: 'text' } });
    await clock.pass(200);
    type(250);
    box.add({ text: 'bc', intent: { continueLast: true } });
    box.add({ probabilities: { kind: 'stale', data, exactTokens: 1 } });
    expect(posted).toEqual([{ outdated: { probabilities: 'text' } }]);
    await clock.pass(100);
    expect(posted).toHaveLength(1);
    await clock.pass(200);
    expect(posted).toHaveLength(2);
    expect(posted[1]).toMatchObject({ text: 'bc', intent: { continueLast: true }, kept: ['probabilities'] });
  });

  it('is forgotten with the page', async () => {
    const { box, clock, posted, type } = outbox();
    type(250);
    box.add({ text: 'b' });
    box.drop();
    await clock.pass(1000);
    expect(posted).toEqual([]);
  });
});
