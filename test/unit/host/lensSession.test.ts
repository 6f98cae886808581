import { describe, expect, it } from 'vitest';
import { initialIntent } from '../../../src/host/session/panelDefaults';
import { clause } from '../../../src/protocol/clauses';
import { ProblemError } from '../../../src/protocol/problem';
import { loaded, settled } from './fakes';
import { delayMs, setUp, shown, source } from './sessionBench';

describe('a session', () => {
  it('computes nothing for nobody', async () => {
    const { session, questions } = setUp();
    session.setSource(source('The film'));
    await settled();
    expect(questions).toEqual([]);
    expect(session.state).toMatchObject({ title: 'a.txt', probabilities: { kind: 'empty' } });
  });

  it('computes what is looked at, and only that', async () => {
    const { session, questions } = await shown('The film');
    expect(questions.map(({ method }) => method)).toEqual(['probabilities']);
    expect(session.state.probabilities).toMatchObject({ kind: 'ready', runMs: 4 });
    expect(session.state).toMatchObject({
      attention: { kind: 'empty' },
      model: { name: 'tiny' },
      runtime: { provider: 'cpu', reason: 'cuda: no card', why: '«cuda: no card»' },
    });
  });

  it('computes another tab when it is shown, and not again when it comes back', async () => {
    const { session, questions, answer } = await shown('The film');
    session.setWanted(['attention']);
    await settled();
    await answer(1);
    session.setWanted(['probabilities']);
    await settled();
    expect(questions.map(({ method }) => method)).toEqual(['probabilities', 'attentionOverview']);
    expect(session.state.attention.kind).toBe('ready');
  });

  it('says in one sentence what is wrong with a text', async () => {
    const { session } = setUp();
    session.setSource(source(''));
    session.setWanted(['probabilities']);
    await settled();
    expect(session.state.probabilities).toMatchObject({ kind: 'failed', problem: { message: 'a.txt is empty.' } });
  });
});

describe('a last message of the assistant', () => {
  it('is left open when that is chosen: what was asked is asked again, and another prompt closes it', async () => {
    const { session, questions } = setUp();
    const chat = (id: string) => ({
      ...source('x', id),
      read: async () => ({
        ...{ kind: 'chat' as const, file: null },
        messages: ['user', 'assistant'].map((role) => ({ role, content: 'x', pieces: [] })),
      }),
    });
    session.setSource(chat('a'));
    session.setWanted(['probabilities']);
    await settled();
    session.setIntent({ ...initialIntent, continueLast: true }, 'page');
    await settled();
    expect((await session.input('probabilities')) as object).toHaveProperty('continueLast', true);
    session.setSource(chat('b'));
    await settled();
    const open = questions.map(({ params }) => (params.prompt as { continueLast?: boolean }).continueLast ?? false);
    expect(open).toEqual([false, true, false]);
    expect(session.state.intent.continueLast).toBe(false);
  });

  it('is the prompt as it stands where it ends otherwise', async () => {
    const { session, questions } = await shown('The film');
    session.setIntent({ ...initialIntent, continueLast: true }, 'page');
    await settled();
    for (const { params } of questions) expect(params.prompt).not.toHaveProperty('continueLast');
  });
});

describe('an edit', () => {
  it('is computed after a pause, the last of several only', async () => {
    const { session, questions, clock } = await shown('The film');
    session.setSource(source('The film w'));
    await clock.pass(delayMs - 1);
    session.setSource(source('The film was'));
    await clock.pass(delayMs - 1);
    expect(questions).toHaveLength(1);
    await clock.pass(1);
    expect(questions.map(({ text }) => text)).toEqual(['The film', 'The film was']);
  });

  it('aborts the older run, and drops its late answer', async () => {
    const { session, questions, clock, answer } = await shown('The film');
    session.setSource(source('The film was'));
    await clock.pass(delayMs);
    session.setSource(source('The film was dull'));
    expect(questions[1].signal?.aborted).toBe(true);
    await answer(1);
    await clock.pass(delayMs);
    await answer(2);
    expect(session.state.probabilities).toMatchObject({ kind: 'ready' });
    expect(session.promptOf('probabilities')?.rendered).toBe('The film was dull');
  });

  it('that is answered at once replaces the picture without showing "running"', async () => {
    const { session, clock, pushed, answer } = await shown('The film');
    pushed.length = 0;
    session.setSource(source('The film was'));
    await clock.pass(delayMs);
    await answer(1);
    await clock.pass(1000);
    expect(pushed).toEqual(['ready']);
  });

  it('that takes longer keeps the previous result on screen', async () => {
    const { session, clock } = await shown('The film');
    session.setSource(source('The film was'));
    await clock.pass(delayMs);
    await clock.pass(200);
    expect(session.state.probabilities).toMatchObject({ kind: 'running', elapsedMs: 200 });
    expect(session.promptOf('probabilities')?.rendered).toBe('The film');
  });

  it('without live updates only marks what no longer holds, until the user runs it', async () => {
    const { session, questions, clock, answer } = await shown('The film was dull', { live: false });
    session.setSource(source('The film is dull'));
    await clock.pass(10_000);
    expect(questions).toHaveLength(1);
    expect(session.state.probabilities).toMatchObject({ kind: 'stale', exactTokens: 2 });
    session.run();
    await settled();
    await answer(1);
    expect(session.state.probabilities.kind).toBe('ready');
  });

  it('of a hidden panel waits until it is shown', async () => {
    const { session, questions, clock } = await shown('The film');
    session.setWanted([]);
    session.setSource(source('The film was'));
    await clock.pass(10_000);
    expect(questions).toHaveLength(1);
    session.setWanted(['probabilities']);
    await settled();
    expect(questions.map(({ text }) => text)).toEqual(['The film', 'The film was']);
  });
});

describe('another prompt', () => {
  it('is computed at once, live or not, and shows nothing of the old one', async () => {
    const { session, questions } = await shown('The film', { live: false });
    session.select({ locked: 1 }, 'page');
    session.setSource(source('Another', 'b'));
    await settled();
    expect(questions.map(({ text }) => text)).toEqual(['The film', 'Another']);
    expect(session.state).toMatchObject({ title: 'b.txt', selection: { locked: null } });
    expect(session.originOf('probabilities')).toBeNull();
  });

  it('that is closed while it is computed ends in one sentence', async () => {
    const { session, questions, answer } = setUp();
    session.setSource(source('The film'));
    session.setWanted(['probabilities']);
    await settled();
    session.lose(new ProblemError('promptClosed', ['a.txt']));
    expect(questions[0].signal?.aborted).toBe(true);
    await answer(0);
    expect(session.state).toMatchObject({
      title: null,
      probabilities: { kind: 'failed', problem: { message: 'a.txt was closed or deleted.' } },
    });
  });
});

describe('cancelling', () => {
  it('says so, and does not start again by itself', async () => {
    const { session, questions, clock } = setUp();
    session.setSource(source('The film'));
    session.setWanted(['probabilities']);
    await settled();
    session.cancel();
    await clock.pass(10_000);
    expect(session.state.probabilities).toMatchObject({ kind: 'failed', problem: { code: 'cancelled' } });
    expect(questions).toHaveLength(1);
    session.run();
    await settled();
    expect(questions).toHaveLength(2);
  });
});

describe('the engine', () => {
  it('that is being restarted is asked again', async () => {
    const { session, questions, status, answer } = setUp();
    session.setSource(source('The film'));
    session.setWanted(['probabilities']);
    await settled();
    status.now = { kind: 'restarting', reason: clause('signal', 'SIGKILL') };
    questions[0].reject(new ProblemError('engineGone', [clause('signal', 'SIGKILL')]));
    await settled();
    expect(session.state.probabilities.kind).not.toBe('failed');
    status.now = { kind: 'ready', loaded };
    await answer(1);
    expect(session.state.probabilities.kind).toBe('ready');
  });

  it('that stays down is a failure, and its return the end of it', async () => {
    const { session, questions, status, answer } = setUp();
    session.setSource(source('The film'));
    session.setWanted(['probabilities']);
    await settled();
    status.now = { kind: 'down', reason: clause('exitCode', 1) };
    questions[0].reject(new ProblemError('engineGone', [clause('exitCode', 1)]));
    await settled();
    expect(session.state.probabilities).toMatchObject({ kind: 'failed', problem: { code: 'engineGone' } });
    status.now = { kind: 'ready', loaded };
    session.engineChanged(status.now);
    await settled();
    await answer(1);
    expect(session.state.probabilities.kind).toBe('ready');
  });

  it('marks every result of the model file before as out of date, and compares with none of them', async () => {
    const { session, status, answer } = await shown('The film');
    session.setWanted(['attention']);
    await settled();
    await answer(1);
    session.setBaseline({ label: 'pinned' } as never);
    session.setWanted([]);
    status.now = { kind: 'ready', loaded: { ...loaded, model: { ...loaded.model, sha256: 'bb' } } };
    session.engineChanged(status.now);
    expect(session.state).toMatchObject({
      probabilities: { kind: 'stale' },
      attention: { kind: 'stale' },
      baseline: null,
      model: { sha256: 'bb' },
    });
  });

  it('with another model makes every result due again', async () => {
    const { session, questions, status } = await shown('The film');
    status.now = { kind: 'ready', loaded: { ...loaded, model: { ...loaded.model, sha256: 'bb', name: 'other' } } };
    session.engineChanged(status.now);
    await settled();
    expect(questions).toHaveLength(2);
    expect(session.state.model?.name).toBe('other');
  });
});

describe('the page', () => {
  it('is not told what it has done itself', () => {
    const { session } = setUp();
    const heard: string[] = [];
    session.onDidChange((changes, by) => void heard.push(`${Object.keys(changes)} ${by}`));
    session.select({ locked: 2 }, 'page');
    session.select({ locked: 2 }, 'host');
    session.select({ locked: null }, 'host');
    expect(heard).toEqual(['selection page', 'selection host']);
  });

  it('gets attention again when the first token is to be shown', async () => {
    const { session, questions, answer } = setUp();
    session.setSource(source('The film'));
    session.setWanted(['attention']);
    await settled();
    await answer(0);
    const attention = { ...initialIntent.attention, sink: 'raw' as const };
    session.setIntent({ ...initialIntent, attention }, 'page');
    await settled();
    expect(questions.map(({ method }) => method)).toEqual(['attentionOverview', 'attentionOverview']);
  });

  it('continues the prompt that is shown, not the one being typed', async () => {
    const { session, questions } = await shown('The film');
    session.setSource(source('The film was'));
    session.continue({ do: 'fresh', tokens: 3 });
    await settled();
    expect(questions.at(-1)).toMatchObject({ method: 'generate', text: 'The film' });
  });
});
