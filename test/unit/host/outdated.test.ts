import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../src/analysis/panel';
import { slowPause } from '../../../src/host/session/schedule';
import { loaded, settled } from './fakes';
import { saliencyOf } from './prompts';
import { delayMs, setUp, shown, source } from './sessionBench';

const text = 'The film was dull';

/** A session with the saliency of `text` ready and in front. */
async function explained(options: { live?: boolean } = {}) {
  const parts = setUp(options);
  const { session, questions } = parts;
  const answerSaliency = async () => {
    const { prompt, result } = saliencyOf(text, { occlusion: [0.1, 0.2, 0.3, 0.4] });
    questions[questions.length - 1].resolve({ prompt, result, runMs: 4, reused: 0 });
    await settled();
  };
  const change = (intent: Partial<Intent>) => session.setIntent({ ...session.state.intent, ...intent }, 'page');
  const saliency = (values: Partial<Intent['saliency']>) =>
    change({ saliency: { ...session.state.intent.saliency, ...values } });
  session.setSource(source(text));
  session.setWanted(['saliency']);
  await settled();
  await answerSaliency();
  return { ...parts, answerSaliency, change, saliency };
}

describe('numbers of an older text', () => {
  it('are said to be that from the first key on, long before the next run', async () => {
    const { session, clock, answer } = await shown(text);
    expect(session.state.outdated).toEqual({});
    session.setSource(source(`${text}.`));
    expect(session.state).toMatchObject({ probabilities: { kind: 'ready' }, outdated: { probabilities: 'text' } });
    await clock.pass(delayMs);
    expect(session.state.outdated).toEqual({ probabilities: 'text' });
    await answer(1);
    expect(session.state.outdated).toEqual({});
  });

  it('stay that without live updates, until the user runs them', async () => {
    const { session, clock, answer } = await shown(text, { live: false });
    session.setSource(source(`${text}.`));
    await clock.pass(10_000);
    expect(session.state.outdated).toEqual({ probabilities: 'text' });
    session.run();
    await settled();
    await answer(1);
    expect(session.state.outdated).toEqual({});
  });

  it('are present again when the edit is taken back', async () => {
    const { session } = await shown(text, { live: false });
    session.setSource(source(`${text}.`));
    session.setSource(source(text));
    expect(session.state.outdated).toEqual({});
  });

  it('of a tab behind are marked too, and gone with another file', async () => {
    const { session } = await explained();
    session.setWanted(['probabilities']);
    session.setSource(source(`${text}.`));
    expect(session.state.outdated).toEqual({ saliency: 'text' });
    session.setSource(source('Another', 'b'));
    expect(session.state.outdated).toEqual({});
  });

  it('wait for the end of typing and are marked all the while', async () => {
    const { session, clock, answerSaliency } = await explained();
    session.setSource(source(`${text}.`));
    await clock.pass(delayMs * slowPause - 1);
    expect(session.state.outdated).toEqual({ saliency: 'text' });
    await clock.pass(1);
    await answerSaliency();
    expect(session.state.outdated).toEqual({});
  });
});

describe('numbers of an older choice', () => {
  it.each([{ by: 'token' }, { operator: 'delete' }, { scope: 'all' }, { methods: ['occlusion', 'norm'] }] as Partial<
    Intent['saliency']
  >[])('are marked at once: %j', async (values) => {
    const { session, saliency, answerSaliency } = await explained();
    saliency(values);
    expect(session.state.outdated).toEqual({ saliency: 'choice' });
    await settled();
    await answerSaliency();
    expect(session.state.outdated).toEqual({});
  });

  it('of another target are marked in every tab that explains one, also in a hidden panel', async () => {
    const { session, change } = await explained();
    session.setWanted([]);
    change({ target: { text: ' bright' } });
    expect(session.state.outdated).toEqual({ saliency: 'choice' });
    change({ target: {} });
    expect(session.state.outdated).toEqual({});
  });

  it('stay marked when the run that would replace them is cancelled', async () => {
    const { session, saliency } = await explained();
    saliency({ operator: 'delete' });
    await settled();
    session.cancel();
    expect(session.state).toMatchObject({
      saliency: { kind: 'failed', previous: { result: { operator: 'knockout' } } },
      outdated: { saliency: 'choice' },
    });
  });

  it('of another model are marked', async () => {
    const { session, status } = await shown(text);
    session.setWanted([]);
    status.now = { kind: 'ready', loaded: { ...loaded, model: { ...loaded.model, sha256: 'bb' } } };
    session.engineChanged(status.now);
    expect(session.state.outdated).toEqual({ probabilities: 'choice' });
  });

  it('a choice of looks marks nothing', async () => {
    const { session, saliency, change } = await explained();
    saliency({ style: 'heat', range: 0.2, inEditor: true });
    const { attention, probabilities } = session.state.intent;
    change({ attention: { ...attention, gamma: 1 }, probabilities: { ...probabilities, tint: 'rank' } });
    expect(session.state.outdated).toEqual({});
  });
});

describe('another file', () => {
  it('is named as soon as it is there, and takes the locked heads of the one before with it', async () => {
    const { session, change } = await explained();
    change({ attention: { ...session.state.intent.attention, heads: [{ layer: 1, head: 0 }] } });
    session.setSource(source('Another', 'b'));
    expect(session.state).toMatchObject({ file: { name: 'b.txt', folder: '', reading: '' }, title: 'b.txt' });
    expect(session.state.intent.attention.heads).toEqual([]);
    session.setSource(null);
    expect(session.state).toMatchObject({ file: null, title: null });
  });
});
