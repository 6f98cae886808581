/** The variables of a prompt in a session: what its reader reports, and values that the user gives. */
import { describe, expect, it } from 'vitest';
import type { PromptSource } from '../../../src/host/session/promptSource';
import { quietMs } from '../../../src/host/session/sessionParts';
import { clause } from '../../../src/protocol/clauses';
import type { PromptVariable } from '../../../src/protocol/model';
import { ProblemError } from '../../../src/protocol/problem';
import { settled } from './fakes';
import { delayMs, setUp, source } from './sessionBench';

/** A file with one variable, whose tag stays where it has no value. */
function trip(values: Record<string, string> = {}, text = 'In {{city}} today', id = 'trip'): PromptSource {
  const { city } = values;
  const variables: PromptVariable[] = [
    { name: 'city', value: city ?? null, from: city === undefined ? null : 'given' },
  ];
  return {
    ...source(text, id),
    values,
    read: async () => {
      if (text === 'broken') throw new ProblemError('emptyPrompt', ['a']);
      const read = text.replace('{{city}}', city ?? '{{city}}');
      return { kind: 'raw', file: id, text: read, pieces: [], notes: [clause('notJson')], variables };
    },
  };
}

async function shownTrip(options: { live?: boolean } = {}) {
  const parts = setUp(options);
  parts.session.setSource(trip());
  parts.session.setWanted(['probabilities']);
  await settled();
  await parts.answer(0);
  return parts;
}

describe('a file that the prompt names', () => {
  it.each([true, false])('computes the same text anew where it has changed (live updates: %s)', async (live) => {
    const { session, questions, answer } = await shownTrip({ live });
    /** The trip whose text a file beside it makes: another text with each version. */
    const made = (besideVersion: number): PromptSource => ({
      ...trip(),
      besideVersion,
      read: async () => ({ kind: 'raw', file: 'trip', text: `In ${besideVersion} today`, pieces: [] }),
    });
    session.setSource(made(0));
    await settled();
    expect(questions).toHaveLength(1);
    session.setSource(made(1));
    await settled();
    expect(questions.map(({ text }) => text)).toEqual([expect.any(String), 'In 1 today']);
    await answer(1);
    session.setSource(made(1));
    await settled();
    expect(questions).toHaveLength(2);
  });
});

describe('what the reader reports', () => {
  it('is told with the text, in the user’s language, and goes with it', async () => {
    const { session } = await shownTrip();
    expect(session.state.report).toEqual({
      uri: 'file:///trip.txt',
      notes: ['«it is not JSON»'],
      variables: [{ name: 'city', value: null, from: null }],
    });
    session.setSource(null);
    expect(session.state.report).toBeNull();
  });

  it('is told where nothing is computed for anybody', async () => {
    const { session, questions } = setUp();
    session.setSource(trip());
    await settled();
    expect(session.state.report?.variables).toHaveLength(1);
    expect(questions).toEqual([]);
  });

  it('waits for the end of typing, and stays while the text cannot be read', async () => {
    const { session, clock } = await shownTrip();
    session.setSource(trip({}, 'broken'));
    await clock.pass(delayMs);
    expect(session.state.report?.variables).toHaveLength(1);
    session.setSource({
      ...trip({}, 'In Oslo today'),
      read: async () => ({ kind: 'raw', file: null, text: 'x', pieces: [] }),
    });
    await settled();
    expect(session.state.report?.variables).toHaveLength(1);
    await clock.pass(delayMs);
    expect(session.state.report).toEqual({ uri: 'file:///trip.txt', notes: [], variables: [] });
  });

  it('of a text that was left meanwhile is dropped', async () => {
    const { session } = setUp();
    let answer = () => {};
    const late = new Promise<void>((resolve) => {
      answer = resolve;
    });
    session.setSource({ ...trip(), read: () => late.then(() => trip().read()) });
    session.setSource(source('plain'));
    await settled();
    answer();
    await settled();
    expect(session.state.report).toEqual({ uri: 'file:///a.txt', notes: [], variables: [] });
  });
});

describe('a value that the user gives', () => {
  it('is analysed at once, though nothing was typed into the text', async () => {
    const { session, questions, answer } = await shownTrip();
    session.setSource(trip({ city: 'Oslo' }));
    await settled();
    expect(questions.map(({ text }) => text)).toEqual(['In {{city}} today', 'In Oslo today']);
    expect(session.state.outdated).toEqual({ probabilities: 'choice' });
    expect(session.state.report?.variables).toEqual([{ name: 'city', value: 'Oslo', from: 'given' }]);
    await answer(1);
    expect(session.state.outdated).toEqual({});
    expect(session.promptOf('probabilities')?.rendered).toBe('In Oslo today');
  });

  it('is analysed without live updates too, like every choice', async () => {
    const { session, questions } = await shownTrip({ live: false });
    session.setSource(trip({ city: 'Oslo' }));
    await settled();
    expect(questions.at(-1)?.text).toBe('In Oslo today');
  });

  it('that stays the same asks nothing again, in whatever order the values come', async () => {
    const { session, questions } = await shownTrip();
    session.setSource(trip({ city: 'Oslo', guest: 'Mira' }));
    await settled();
    session.setSource(trip({ guest: 'Mira', city: 'Oslo' }));
    await settled();
    expect(questions).toHaveLength(2);
  });

  it('stops the run that computes with the old one, and its answer is dropped', async () => {
    const { session, questions, answer } = await shownTrip();
    session.setSource(trip({ city: 'Oslo' }));
    await settled();
    session.setSource(trip({ city: 'Bergen' }));
    await settled();
    expect(questions[1].signal?.aborted).toBe(true);
    await answer(1);
    await answer(2);
    expect(session.promptOf('probabilities')?.rendered).toBe('In Bergen today');
  });

  it('leaves no token of the older numbers for exact', async () => {
    const { session, clock } = await shownTrip();
    session.setSource(trip({ city: 'Oslo' }));
    await settled();
    await clock.pass(quietMs);
    session.setWanted([]);
    expect(session.state.probabilities).toMatchObject({ kind: 'stale', exactTokens: 0 });
  });

  it('finds the target’s words again where they stand now', async () => {
    const { session, questions } = await shownTrip();
    session.setIntent({ ...session.state.intent, target: { span: [2, 3] } }, 'page');
    session.setWanted(['saliency']);
    session.setSource(trip({ city: 'New York' }));
    await settled();
    const asked = questions.find(({ method }) => method === 'tokenize');
    expect(asked?.text).toBe('In New York today');
  });
});
