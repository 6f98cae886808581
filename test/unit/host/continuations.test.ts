// Continuations live with their prompt: they outlast the page, another file and the window, and end with the text or the model they are of.
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../src/analysis/shared/contract';
import { FileMemory } from '../../../src/host/session/fileMemory';
import { loaded, settled } from './fakes';
import { type Question, setUp, source } from './sessionBench';

const token = (text: string, id = 7) => ({
  id,
  text,
  logprob: -0.5,
  rank: 0,
  entropy: 1,
  top: [{ id, text, logprob: -0.5 }],
});

/** A session whose probabilities of the text are known. */
async function ready(memory = new FileMemory(), text = 'A b', model = loaded, end: Candidate | null = null) {
  const parts = setUp({ memory });
  parts.status.now = { kind: 'ready', loaded: model };
  parts.session.setSource(source(text, 'a'));
  parts.session.setWanted(['probabilities']);
  await settled();
  await parts.answer(0, undefined, end);
  const asked = (method: string) => parts.questions.filter((each) => each.method === method);
  const answerGenerate = async (question: Question, texts: string[], finish = 'length') => {
    question.resolve({ result: { tokens: texts.map((each) => token(each)), text: texts.join(''), finish } });
    await settled();
  };
  return { ...parts, asked, answerGenerate, rows: () => parts.session.state.continuations.rows };
}

const texts = (rows: { steps: { text: string }[] }[]) =>
  rows.map(({ steps }) => steps.map(({ text }) => text).join(''));

/** Another file comes under the lens and its numbers arrive. */
async function turnTo({ session, questions, answer }: Awaited<ReturnType<typeof ready>>, id: string, text: string) {
  session.setSource(source(text, id));
  await settled();
  await answer(questions.map(({ method }) => method).lastIndexOf('probabilities'));
}

describe('continuations of a prompt', () => {
  it('come back with it, and are not seen at another', async () => {
    const parts = await ready();
    parts.session.continue({ do: 'fresh', tokens: 2 });
    await settled();
    await parts.answerGenerate(parts.asked('generate')[0], [' c', ' d']);
    expect(texts(parts.rows())).toEqual([' c d']);
    await turnTo(parts, 'b', 'C d');
    expect(parts.rows()).toEqual([]);
    await turnTo(parts, 'a', 'A b');
    expect(texts(parts.rows())).toEqual([' c d']);
  });

  it('a running one goes on while another file is on show, on its own text', async () => {
    const parts = await ready();
    parts.session.continue({ do: 'fiveSeeds', tokens: 1 });
    await settled();
    await turnTo(parts, 'b', 'C d');
    await parts.answerGenerate(parts.asked('generate')[0], [' one']);
    const second = parts.asked('generate')[1];
    expect(second.signal?.aborted).toBe(false);
    expect(second.text).toBe('A b');
    expect(parts.rows()).toEqual([]);
    await parts.answerGenerate(second, [' two']);
    for (const at of [2, 3, 4]) await parts.answerGenerate(parts.asked('generate')[at], [` ${at}`]);
    await turnTo(parts, 'a', 'A b');
    expect(texts(parts.rows())).toEqual([' one', ' two', ' 2', ' 3', ' 4']);
    expect(parts.session.state.continuations.running).toBe(false);
  });

  it('come back in another window, with their kinds and alternatives', async () => {
    const memory = new FileMemory();
    const before = await ready(memory);
    before.session.continue({ do: 'fresh', tokens: 2 });
    await settled();
    await before.answerGenerate(before.asked('generate')[0], [' c', ' d']);
    const place = { rank: 1, top: [{ id: 9, text: ' x', logprob: -1 }], entropy: 2 };
    const candidate = { id: 9, text: ' x', logprob: -1 };
    before.session.continue({ do: 'branch', from: 0, step: 1, candidate, place, tokens: 2 });
    await settled();
    const { rows } = (await ready(memory)).session.state.continuations;
    expect(texts(rows)).toEqual([' c d', ' c x']);
    expect(rows[1]).toMatchObject({ kind: { kind: 'branch', at: 1 }, shared: 1, marked: [1], running: false });
    expect(rows[1].steps[1].top).toEqual(place.top);
  });

  it('end with the text and the model that they are of', async () => {
    const memory = new FileMemory();
    const parts = await ready(memory);
    parts.session.continue({ do: 'fresh', tokens: 1 });
    await settled();
    await parts.answerGenerate(parts.asked('generate')[0], [' c']);
    const other = { ...loaded, model: { ...loaded.model, sha256: 'bb' } };
    expect((await ready(memory, 'A b', other)).rows()).toEqual([]);
    expect((await ready(memory, 'A changed b')).rows()).toEqual([]);
    expect(texts((await ready(memory)).rows())).toEqual([' c']);
  });

  it('one of a text that is being edited is given up at once', async () => {
    const parts = await ready();
    parts.session.continue({ do: 'fresh', tokens: 5 });
    await settled();
    parts.session.setSource(source('A b!', 'a'));
    expect(parts.asked('generate')[0].signal?.aborted).toBe(true);
  });

  it('a growing row is sent ten times a second, and whole at the end', async () => {
    const parts = await ready();
    const pushed: string[] = [];
    parts.session.onDidChange(({ continuations }) => continuations && pushed.push(texts(continuations.rows).join()));
    parts.session.continue({ do: 'fresh', tokens: 40 });
    await settled();
    const [question] = parts.asked('generate');
    const before = pushed.length;
    for (let i = 0; i < 30; i++) question.report({ ...token(' t'), delta: ' t' });
    await parts.clock.pass(100);
    expect(pushed.slice(before)).toEqual([' t'.repeat(30)]);
    await parts.answerGenerate(question, [' t', ' u']);
    expect(pushed.at(-1)).toBe(' t u');
  });

  it('a step says what may follow it, with the end and however unlikely it is', async () => {
    const end = { id: 2, text: '<end>', logprob: -3 };
    const parts = await ready(undefined, 'A b', loaded, end);
    parts.session.continue({ do: 'step' });
    await settled();
    await parts.answerGenerate(parts.asked('generate')[0], [' c']);
    const look = parts.asked('generate')[1];
    expect(look.params.options).toMatchObject({ prefix: [7], top: 200, temperature: 0, maxTokens: 1, score: [2] });
    const scored = [{ id: 2, logprob: -14, rank: 4000 }];
    look.resolve({ result: { tokens: [{ ...token(' e'), scored }], text: ' e', finish: 'length' } });
    await settled();
    const { after } = parts.session.state.continuations;
    expect(after).toMatchObject({ steps: 1, entropy: 1, next: [{ text: ' e' }], end: { ...end, logprob: -14 } });
  });
});
