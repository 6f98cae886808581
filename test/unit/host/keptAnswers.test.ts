import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../src/analysis/panel';
import type { SessionEngine } from '../../../src/host/session/analyses';
import { KeptAnswers } from '../../../src/host/session/keptAnswers';
import { loaded, settled } from './fakes';
import { setUp, source } from './sessionBench';

/** An engine that answers at once, and remembers what it was asked. */
function counting(answer: (method: string) => unknown = () => ({ runMs: 1 })) {
  const asked: [string, unknown][] = [];
  const engine = {
    status: { kind: 'ready', loaded },
    load: async () => loaded,
    request: async (method: string, params: unknown) => {
      asked.push([method, params]);
      return answer(method);
    },
  } as unknown as SessionEngine;
  return { engine, asked };
}

const ask = (engine: SessionEngine, method: string, params: unknown) =>
  engine.request(method as 'heads', params as never) as Promise<unknown>;

describe('kept answers', () => {
  it('serve the same question, and no question that differs in text, parameter, method or model', async () => {
    const { engine, asked } = counting();
    const kept = new KeptAnswers();
    const first = await ask(kept.before(engine, 'm'), 'saliency', { prompt: 'A', by: 'word' });
    expect(await ask(kept.before(engine, 'm'), 'saliency', { prompt: 'A', by: 'word' })).toBe(first);
    expect(asked).toHaveLength(1);
    await ask(kept.before(engine, 'm'), 'saliency', { prompt: 'A', by: 'line' });
    await ask(kept.before(engine, 'm'), 'saliency', { prompt: 'B', by: 'word' });
    await ask(kept.before(engine, 'm'), 'heads', { prompt: 'A', by: 'word' });
    await ask(kept.before(engine, 'm fast'), 'saliency', { prompt: 'A', by: 'word' });
    expect(asked).toHaveLength(5);
  });

  it('are replaced where the user asks anew', async () => {
    const { engine, asked } = counting(() => ({ run: asked.length }));
    const kept = new KeptAnswers();
    await ask(kept.before(engine, 'm'), 'heads', {});
    expect(await ask(kept.before(engine, 'm', true), 'heads', {})).toEqual({ run: 2 });
    expect(await ask(kept.before(engine, 'm'), 'heads', {})).toEqual({ run: 2 });
  });

  it('are none of draws, of repetitions, or of a probe in a file that may have changed', async () => {
    const { engine, asked } = counting();
    const cached = new KeptAnswers().before(engine, 'm');
    for (const _ of [1, 2]) {
      await ask(cached, 'generate', {});
      await ask(cached, 'repeat', {});
      await ask(cached, 'truth', { probe: '/p.json' });
      await ask(cached, 'truth', { probe: null });
    }
    expect(asked.map(([method]) => method)).toEqual([
      ...['generate', 'repeat', 'truth', 'truth'],
      ...['generate', 'repeat', 'truth'],
    ]);
  });

  it('hold the last sixteen of a method: much typing pushes out no saliency', async () => {
    const { engine, asked } = counting();
    const cached = new KeptAnswers().before(engine, 'm');
    await ask(cached, 'saliency', {});
    for (let i = 0; i < 40; i++) await ask(cached, 'probabilities', { i });
    await ask(cached, 'saliency', {});
    await ask(cached, 'probabilities', { i: 24 });
    expect(asked).toHaveLength(41);
    await ask(cached, 'probabilities', { i: 23 });
    expect(asked).toHaveLength(42);
  });

  it('together take no more than 96 MB', async () => {
    const { engine, asked } = counting(() => ({ weights: new Float32Array(10e6) }));
    const cached = new KeptAnswers().before(engine, 'm');
    for (const method of ['heads', 'patching', 'saliency']) await ask(cached, method, {});
    await ask(cached, 'saliency', {});
    await ask(cached, 'patching', {});
    expect(asked).toHaveLength(3);
    await ask(cached, 'heads', {});
    expect(asked).toHaveLength(4);
  });

  it('a refusal is asked about again', async () => {
    let refused = false;
    const { engine, asked } = counting(() => {
      if (refused) return {};
      refused = true;
      throw new Error('no');
    });
    const cached = new KeptAnswers().before(engine, 'm');
    await expect(ask(cached, 'heads', {})).rejects.toThrow('no');
    await ask(cached, 'heads', {});
    expect(asked).toHaveLength(2);
  });
});

describe('a session', () => {
  it('that comes back to a file or to a choice runs nothing anew', async () => {
    const { session, questions, answer } = setUp();
    session.setWanted(['attention']);
    const sinks = async (sink: Intent['attention']['sink']) => {
      session.setIntent({ ...session.state.intent, attention: { ...session.state.intent.attention, sink } }, 'page');
      await settled();
    };
    session.setSource(source('A b', 'a'));
    await settled();
    await answer(0);
    const { sink } = session.state.intent.attention;
    await sinks('renormalise');
    await answer(1);
    await sinks(sink);
    expect(session.state.attention.kind).toBe('ready');
    session.setSource(source('C d', 'b'));
    await settled();
    await answer(2);
    session.setSource(source('A b', 'a'));
    await settled();
    expect(session.state.attention).toMatchObject({ kind: 'ready', data: { prompt: { rendered: 'A b' } } });
    expect(questions).toHaveLength(3);
    session.run();
    await settled();
    expect(questions).toHaveLength(4);
  });
});
