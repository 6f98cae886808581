/** The last message left open, compared with transformers' continue_final_message: rendering, refusals and places in the file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ChatMessage, ChatTemplate } from '../../../src/checkpoint/chatTemplate';

interface Case {
  name: string;
  template: string;
  messages: ChatMessage[];
  rendered: string | null;
}

const file = join(__dirname, '..', '..', 'fixtures', 'checkpoint', 'continued.json');
const cases: Case[] = JSON.parse(readFileSync(file, 'utf8'));

const open = ({ template, messages }: Case) => new ChatTemplate(template, { bos_token: '<s>' }).render(messages, true);
const named = (one: Case) => [one.name, one.messages[1].content, one] as const;

describe('a last message left open', () => {
  it.each(cases.filter(({ rendered }) => rendered !== null).map(named))('%s, %j', async (_, answer, one) => {
    const { rendered, places } = await open(one);
    expect(rendered).toBe(one.rendered);
    for (const { message, at, from, length } of places) {
      expect(rendered.slice(at, at + length)).toBe(one.messages[message].content.slice(from, from + length));
    }
    if (one.name !== 'chatml' || answer === '') return;
    const last = places[places.length - 1];
    expect(last).toMatchObject({ message: 1, from: 0, length: answer.length });
    expect(last.at + last.length).toBe(rendered.length);
  });

  it.each(cases.filter(({ rendered }) => rendered === null).map(named))('%s, %j: refused', async (_, _answer, one) => {
    await expect(open(one)).rejects.toMatchObject({ problem: { code: 'continueFailed' } });
  });
});
