/** The parts of a prompt that are its examples, and the label word of each. Prompts are cut into words, one token each. */
import { describe, expect, it } from 'vitest';
import { examplesOf } from '../../../src/analysis/examples/examples';
import type { Prompt, Token } from '../../../src/protocol/model';

/** Messages of a chat, with the text that a template writes around them; a `null` role means raw text. */
function promptOf(...messages: [role: string | null, text: string][]): Prompt {
  const tokens: Token[] = [];
  let rendered = '';
  const write = (text: string, role: string | null, special: boolean, own: boolean) => {
    for (const part of special ? [text] : (text.match(/\s*[\p{L}\p{N}]+|\s*[^\s\p{L}\p{N}]|\s+/gu) ?? [])) {
      const start = rendered.length;
      rendered += part;
      const end = rendered.length;
      const source: [number, number] | null = own ? [start, end] : null;
      tokens.push({ id: tokens.length, text: part, bytes: '', start, end, source, special, role });
    }
  };
  for (const [role, text] of messages) {
    if (role !== null) write(`<${role}>`, null, true, false);
    write(text, role, false, true);
    if (role !== null) write('</>', null, true, false);
  }
  return { file: null, rendered, tokens } as unknown as Prompt;
}

const shown = (prompt: Prompt, before = prompt.tokens.length) =>
  examplesOf(prompt, before).map(({ unit, label }) => {
    const covered = prompt.tokens.slice(...label.tokens).map(({ text }) => text);
    expect(covered.join('')).toContain(label.text);
    expect(prompt.rendered.slice(label.start, label.end)).toBe(label.text);
    return [unit.text.trim().split(/\s/)[0], label.text];
  });

const few =
  'Review: warm and funny\nSentiment: positive\n\nReview: too long\nSentiment: negative.\n\nReview: dull\nSentiment:';

describe('examples', () => {
  it('are what stands before the question, the label their last word', () => {
    expect(shown(promptOf([null, few]))).toEqual([
      ['Review:', 'positive'],
      ['Review:', 'negative'],
    ]);
  });

  it('are not the instruction above them', () => {
    expect(shown(promptOf([null, `Classify these reviews.\n\n${few}`]))).toHaveLength(2);
    expect(shown(promptOf([null, '- one two\n- three four\n- five']))).toEqual([
      ['-', 'two'],
      ['-', 'four'],
    ]);
  });

  it('stand before the target and in the last message only', () => {
    const prompt = promptOf(['system', 'Be brief.'], ['user', few], ['assistant', '']);
    expect(shown(prompt)).toHaveLength(2);
    const raw = promptOf([null, few]);
    const second = raw.tokens.findIndex(({ text }) => text.includes('dull'));
    expect(shown(raw, second)).toHaveLength(2);
    const first = raw.tokens.findIndex(({ text }) => text.includes('long'));
    expect(shown(raw, first)).toEqual([['Review:', 'positive']]);
  });

  it('are the exchanges of a chat: without one, a chat of fewer messages is left', () => {
    const prompt = promptOf(
      ['system', 'Be brief.'],
      ['user', 'sea otter?'],
      ['assistant', 'loutre de mer'],
      ['user', 'cheese?'],
      ['assistant', 'fromage!'],
      ['user', 'bread?'],
    );
    expect(shown(prompt)).toEqual([
      ['sea', 'mer'],
      ['cheese?', 'fromage'],
    ]);
    const [{ unit }] = examplesOf(prompt, prompt.tokens.length);
    const left = prompt.tokens.filter((_, at) => at < unit.tokens[0] || at >= unit.tokens[1]);
    const text = left.map((token) => token.text).join('');
    expect(text).toBe('<system>Be brief.</><user>cheese?</><assistant>fromage!</><user>bread?</>');
  });

  it('are none in a plain sentence', () => {
    expect(shown(promptOf([null, 'The capital of France is']))).toEqual([]);
    expect(shown(promptOf(['user', 'Is it far?']))).toEqual([]);
  });
});
