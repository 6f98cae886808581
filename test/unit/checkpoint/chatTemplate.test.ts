import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ChatMessage, ChatTemplate } from '../../../src/checkpoint/chatTemplate';
import { wordsOf } from '../../../src/protocol/clauses';
import { ProblemError } from '../../../src/protocol/problem';

interface Recorded {
  tokens: Record<string, string>;
  templates: Record<string, string>;
  cases: { template: string; conversation: string; messages: ChatMessage[]; rendered?: string; refused?: string }[];
}

// make_templates.py, beside the file, made it with transformers.
const recorded = JSON.parse(readFileSync('test/fixtures/checkpoint/templates.json', 'utf8')) as Recorded;

const render = (source: string, messages: ChatMessage[]) => new ChatTemplate(source, recorded.tokens).render(messages);

// make_snippets.py, beside the file, made it with transformers; null where Jinja refuses.
const snippets = JSON.parse(readFileSync('test/fixtures/checkpoint/snippets.json', 'utf8')) as {
  messages: ChatMessage[];
  cases: { source: string; rendered: string | null }[];
};

async function refusal(source: string, messages: ChatMessage[]): Promise<string> {
  try {
    return `rendered ${(await render(source, messages)).rendered}`;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return `${error.problem.code}: ${wordsOf(error.problem.args[0])}`;
  }
}

describe('a chat template', () => {
  it.each(recorded.cases.map((entry) => [entry.template, entry.conversation, entry] as const))(
    '%s renders the conversation %s as transformers does',
    async (name, _, { messages, rendered, refused }) => {
      const source = recorded.templates[name];
      if (refused === undefined) expect((await render(source, messages)).rendered).toBe(rendered);
      else expect(await refusal(source, messages)).toBe(`templateRefused: ${refused.replace(/\.$/, '')}`);
    },
  );

  it.each(recorded.cases.filter((entry) => entry.rendered !== undefined))(
    '$template says where the contents of $conversation went',
    async ({ template, messages }) => {
      const { rendered, places } = await render(recorded.templates[template], messages);
      for (const { message, at, from, length } of places)
        expect(rendered.slice(at, at + length)).toBe(messages[message].content.slice(from, from + length));
      // These templates leave no message out and trim at most white space.
      const placed = new Map(places.map((place) => [place.message, place.length]));
      for (const [message, { content }] of messages.entries())
        expect(placed.get(message) ?? 0).toBeGreaterThanOrEqual(content.trim().length);
    },
  );

  it('computes as Python does: dicts, texts, filters, tests, and what is undefined', async () => {
    const { messages, cases } = snippets;
    const found = await Promise.all(
      cases.map(async ({ source }) => {
        try {
          return { source, rendered: (await render(source, messages)).rendered };
        } catch {
          return { source, rendered: null };
        }
      }),
    );
    expect(cases.length).toBeGreaterThan(150);
    expect(found).toEqual(cases);
  });

  it('computes 550 expressions and statements as Jinja2 does, or refuses them', async () => {
    // make_operations.py, beside the file, made it with Jinja2; null where it refuses.
    const { messages, cases } = JSON.parse(
      readFileSync('test/fixtures/checkpoint/operations.json', 'utf8'),
    ) as typeof snippets;
    const found = await Promise.all(
      cases.map(async ({ source }) => (await render(source, messages).catch(() => null))?.rendered ?? null),
    );
    const wrong = cases.flatMap(({ source, rendered }, at) =>
      found[at] !== null && found[at] !== rendered ? [{ source, rendered, found: found[at] }] : [],
    );
    expect(wrong).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(550);
    expect(cases.filter(({ rendered }, at) => found[at] === rendered).length).toBeGreaterThanOrEqual(512);
  });

  it('writes English dates, whatever language the machine has', async () => {
    const { rendered } = await render("{{ strftime_now('%d %B %b %A %a %Y %%') }}", []);
    expect(rendered).toMatch(/^\d\d [A-Z][a-z]+ [A-Z][a-z]{2} [A-Z][a-z]+day [A-Z][a-z]{2} 20\d\d %$/);
  });

  it('tells equal contents apart by their order', async () => {
    const { places } = await render(recorded.templates.bundled, [
      { role: 'system', content: 'user' },
      { role: 'user', content: 'user' },
    ]);
    // <|im_start|>system⏎ is 19 characters long, <|im_end|>⏎<|im_start|>user⏎ is 28.
    expect(places.map((place) => place.at)).toEqual([19, 51]);
  });

  it('searches in order where a template looks into the contents', async () => {
    const source = "{% for m in messages %}{% if 'x' in m.content %}has x: {% endif %}{{ m.content }};{% endfor %}";
    const { rendered, places } = await render(source, [
      { role: 'user', content: 'ax' },
      { role: 'user', content: ' b ' },
    ]);
    expect(rendered).toBe('has x: ax; b ;');
    expect(places).toEqual([
      { message: 0, at: 7, from: 0, length: 2 },
      { message: 1, at: 10, from: 0, length: 3 },
    ]);
  });

  it('claims no place for a message that the template leaves out', async () => {
    const { places } = await render('{{ messages[1].content }}', [
      { role: 'system', content: 'unseen' },
      { role: 'user', content: 'seen' },
    ]);
    expect(places).toEqual([{ message: 1, at: 0, from: 0, length: 4 }]);
  });

  it('claims no place where a template changes the contents, and never fails for that', async () => {
    const digits = await render('{{ messages[0].content | replace("0", "zero") }}', [
      { role: 'user', content: 'a 10' },
    ]);
    expect(digits).toEqual({ rendered: 'a 1zero', places: [] });
    const twice =
      '{{ messages[0].content }}{% if "9" not in messages[0].content %}{{ messages[0].content }}{% endif %}';
    expect((await render(twice, [{ role: 'user', content: '9' }])).places).toEqual([
      { message: 0, at: 0, from: 0, length: 1 },
    ]);
  });
});

describe('a chat template that refuses or does harm', () => {
  const messages = [{ role: 'user', content: 'hi' }];
  const long = '{% set n = namespace(x="aaaaaaaaaaaaaaaa", l=[]) %}';
  const doubled = (times: number) => `${long}{% for i in range(${times}) %}{% set n.x = n.x ~ n.x %}{% endfor %}`;

  it.each([
    ['cannot be parsed', '{% for %}', /^templateFailed: ./],
    ['reads what is not there', '{{ messages[1].content.split(":")[0].upper() }}', /^templateFailed: ./],
    ['calls what is no function', '{{ messages[0].content() }}', /^templateFailed: ./],
    ['refuses without a word', "{{ raise_exception('') }}", 'templateRefused: it gave no reason'],
    ['refuses in many lines', "{{ raise_exception('one\ntwo') }}", 'templateRefused: one'],
    [
      'counts for ever',
      '{% for a in range(9999) %}{% for b in range(9999) %}{% set c = a * b %}{% endfor %}{% endfor %}',
      'templateFailed: it took longer than 1.5 s',
    ],
    [
      'searches for ever',
      `${doubled(14)}{{ (n.x ~ "b" ~ n.x) in (n.x ~ n.x ~ n.x ~ n.x ~ n.x ~ n.x ~ n.x ~ n.x) }}`,
      'templateFailed: it took longer than 1.5 s',
    ],
    ['is slow to parse', `x${' '.repeat(300_000)}x`, 'templateFailed: it took longer than 1.5 s'],
    [
      'fills the memory',
      `${doubled(23)}{% for i in range(100) %}{% set n.l = n.l + [n.x | upper] %}{% endfor %}`,
      /^templateFailed: it (needed more than 192 MB of memory|took longer than 1.5 s)/,
    ],
    ['writes without end', `${doubled(20)}{{ n.x }}`, 'templateFailed: it wrote more than 1000008 characters'],
  ])('%s: one sentence, soon', { timeout: 8000 }, async (_, source, expected) => {
    const started = performance.now();
    const found = await refusal(source, messages);
    if (typeof expected === 'string') expect(found).toBe(expected);
    else expect(found).toMatch(expected);
    // The next request is served, by a new process where the old one had to be ended.
    expect((await render('{{ messages[0].content }}', messages)).rendered).toBe('hi');
    expect(performance.now() - started).toBeLessThan(6000);
  });

  it('says which message it is that the template refuses', async () => {
    const refusedBy = async (source: string, roles: string[]) => {
      const chat = roles.map((role, at) => ({ role, content: `text ${at}` }));
      const error = await render(source, chat).catch((thrown: unknown) => thrown);
      if (!(error instanceof ProblemError)) throw error;
      return error.problem.message;
    };
    expect(await refusedBy(recorded.templates.alternating, ['system', 'user', 'assistant', 'assistant', 'user'])).toBe(
      "The model's chat template refused message 4 (assistant): Conversation roles must alternate user/assistant/user/assistant/...",
    );
    const noSystem =
      "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}";
    expect(await refusedBy(noSystem, ['system', 'user'])).toBe(
      "The model's chat template refused message 1 (system): System role not supported.",
    );
  });

  it('serves one after another, each with its own answer', async () => {
    const texts = Array.from({ length: 40 }, (_, i) => `text ${i}`);
    const rendered = await Promise.all(
      texts.map((content) => render('<{{ messages[0].content }}>', [{ role: 'user', content }])),
    );
    expect(rendered.map((one) => one.rendered)).toEqual(texts.map((text) => `<${text}>`));
    expect(rendered[7].places).toEqual([{ message: 0, at: 1, from: 0, length: 6 }]);
  });
});
