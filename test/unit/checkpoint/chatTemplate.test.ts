import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ChatMessage, ChatTemplate } from '../../../src/checkpoint/chatTemplate';
import { ProblemError } from '../../../src/protocol/problem';

interface Recorded {
  tokens: Record<string, string>;
  templates: Record<string, string>;
  cases: { template: string; conversation: string; messages: ChatMessage[]; rendered?: string; refused?: string }[];
}

// Made by make_templates.py beside it, with transformers.
const recorded = JSON.parse(readFileSync('test/fixtures/checkpoint/templates.json', 'utf8')) as Recorded;

const render = (source: string, messages: ChatMessage[]) => new ChatTemplate(source, recorded.tokens).render(messages);

function refusal(source: string, messages: ChatMessage[]): string {
  try {
    return `rendered ${render(source, messages).rendered}`;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return `${error.problem.code}: ${error.problem.args[0]}`;
  }
}

describe('a chat template', () => {
  it.each(recorded.cases.map((entry) => [entry.template, entry.conversation, entry] as const))(
    '%s renders the conversation %s as transformers does',
    (name, _, { messages, rendered, refused }) => {
      const source = recorded.templates[name];
      if (refused === undefined) expect(render(source, messages).rendered).toBe(rendered);
      else expect(refusal(source, messages)).toBe(`templateFailed: ${refused.replace(/\.$/, '')}`);
    },
  );

  it.each(recorded.cases.filter((entry) => entry.rendered !== undefined))(
    '$template says where the contents of $conversation went',
    ({ template, messages }) => {
      const { rendered, places } = render(recorded.templates[template], messages);
      for (const { message, at, from, length } of places)
        expect(rendered.slice(at, at + length)).toBe(messages[message].content.slice(from, from + length));
      // These templates leave no message out, and trim at most white space.
      const placed = new Map(places.map((place) => [place.message, place.length]));
      for (const [message, { content }] of messages.entries())
        expect(placed.get(message) ?? 0).toBeGreaterThanOrEqual(content.trim().length);
    },
  );

  it('tells equal contents apart by their order', () => {
    const { places } = render(recorded.templates.bundled, [
      { role: 'system', content: 'user' },
      { role: 'user', content: 'user' },
    ]);
    // <|im_start|>system⏎ is 19 long, <|im_end|>⏎<|im_start|>user⏎ 28.
    expect(places.map((place) => place.at)).toEqual([19, 51]);
  });

  it('searches in order where a template looks into the contents', () => {
    const source = "{% for m in messages %}{% if 'x' in m.content %}has x: {% endif %}{{ m.content }};{% endfor %}";
    const { rendered, places } = render(source, [
      { role: 'user', content: 'ax' },
      { role: 'user', content: ' b ' },
    ]);
    expect(rendered).toBe('has x: ax; b ;');
    expect(places).toEqual([
      { message: 0, at: 7, from: 0, length: 2 },
      { message: 1, at: 10, from: 0, length: 3 },
    ]);
  });

  it('claims no place for a message that the template leaves out', () => {
    const { places } = render('{{ messages[1].content }}', [
      { role: 'system', content: 'unseen' },
      { role: 'user', content: 'seen' },
    ]);
    expect(places).toEqual([{ message: 1, at: 0, from: 0, length: 4 }]);
  });

  it('says when a template cannot be read, and does not wait for one that never ends', () => {
    const messages = [{ role: 'user', content: 'hi' }];
    expect(refusal('{% for %}', messages)).toMatch(/^templateFailed: /);
    const endless = '{% for a in range(9999) %}{% for b in range(9999) %}{% set c = a * b %}{% endfor %}{% endfor %}';
    expect(refusal(endless, messages)).toBe('templateFailed: it took longer than 2 s');
  });
});
