// A typed target has its probability, also where it is not among the likeliest next tokens.
import { describe, expect, it } from 'vitest';
import { settled } from './fakes';
import { setUp, source } from './sessionBench';

async function ready() {
  const parts = setUp();
  parts.session.setSource(source('A b', 'a'));
  parts.session.setWanted(['probabilities']);
  await settled();
  await parts.answer(0);
  const asked = () => parts.questions.filter(({ method }) => method === 'choose');
  const answerLast = async (choices: { text: string; logprob: number }[]) => {
    asked().at(-1)?.resolve({ result: { choices } });
    await settled();
  };
  return { ...parts, asked, answerLast };
}

describe('a typed target', () => {
  it('that is not listed is asked about, with its contrast, once', async () => {
    const { session, asked, answerLast } = await ready();
    session.setTarget({ text: ' odd', contrast: ' rare' });
    await settled();
    expect(asked().map(({ params }) => params.choices)).toEqual([[' odd', ' rare']]);
    await answerLast([
      { text: ' odd', logprob: -9 },
      { text: ' rare', logprob: -11 },
    ]);
    expect(session.state.typed).toEqual({ ' odd': -9, ' rare': -11 });
    session.setIntent({ ...session.state.intent, continueLast: false }, 'page');
    await settled();
    expect(asked()).toHaveLength(1);
  });

  it('that is listed needs no question', async () => {
    const { session, asked } = await ready();
    const { probabilities } = session.state;
    if (probabilities.kind !== 'ready') throw new Error('not ready');
    session.setTarget({ text: probabilities.data.result.next[0].text });
    await settled();
    expect(asked()).toEqual([]);
  });

  it('of another file has no number here, and a late answer none either', async () => {
    const { session, asked, answerLast } = await ready();
    session.setTarget({ text: ' odd' });
    await settled();
    session.setSource(source('C d', 'b'));
    await answerLast([{ text: ' odd', logprob: -9 }]);
    expect(asked()[0].signal?.aborted).toBe(true);
    expect(session.state.typed).toEqual({});
  });

  it('is asked about again for an edited text', async () => {
    const { session, questions, asked, answer, answerLast, clock } = await ready();
    session.setTarget({ text: ' odd' });
    await settled();
    await answerLast([{ text: ' odd', logprob: -9 }]);
    session.setSource(source('A b c', 'a'));
    await clock.pass(5000);
    await answer(questions.map(({ method }) => method).lastIndexOf('probabilities'));
    expect(asked().map(({ text }) => text)).toEqual(['A b', 'A b c']);
  });
});
