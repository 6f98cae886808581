/** Facts become statements left open before their last slot, with the right and the wrong ends. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStatements } from '../../../src/document/facts';

const facts = (topic: object) => JSON.stringify({ topics: [{ topic: 'capital', ...topic }] });

describe('open statements', () => {
  it('end before the last slot, be it the value or its subject', () => {
    const text = facts({
      templates: [
        {
          forms: [['the capital of {subject} is {value}.', '']],
          facts: [
            ['France', 'Paris', 'Rome'],
            ['Italy', 'Rome', 'Paris'],
            ['Bolivia', 'La Paz', 'Paris'],
          ],
        },
        {
          forms: [['{value} is the capital of {subject}.', '']],
          facts: [
            ['Bolivia', 'Sucre', 'Rome'],
            ['Cuba', 'Havana', 'Sucre'],
          ],
        },
      ],
      alsoTrue: [['Italy', 'La Paz']],
    });
    expect(openStatements(text, 'f.json')).toEqual([
      { topic: 'capital', text: 'The capital of France is', right: ['Paris'], wrong: ['Rome', 'La Paz'], disputed: [] },
      { topic: 'capital', text: 'The capital of Italy is', right: ['Rome'], wrong: ['Paris'], disputed: ['La Paz'] },
      {
        topic: 'capital',
        text: 'The capital of Bolivia is',
        right: ['La Paz', 'Sucre'],
        wrong: ['Paris', 'Rome'],
        disputed: [],
      },
      { topic: 'capital', text: 'Sucre is the capital of', right: ['Bolivia'], wrong: ['Cuba'], disputed: [] },
      { topic: 'capital', text: 'Havana is the capital of', right: ['Cuba'], wrong: ['Bolivia'], disputed: [] },
    ]);
  });

  it('leave out templates that end with something else, and count a beginning once', () => {
    const template = {
      forms: [['{value} is a young {subject}.', '']],
      facts: [
        ['lion', 'a cub', ''],
        ['bear', 'a cub', ''],
      ],
    };
    const third = { forms: [['{subject} is {value} than {object}.', '']], facts: [['a', 'b', 'c', 'd']] };
    const open = openStatements(facts({ templates: [template, third] }), 'f.json');
    expect(open).toEqual([
      { topic: 'capital', text: 'A cub is a young', right: ['lion', 'bear'], wrong: [], disputed: [] },
    ]);
  });

  it('are made of the facts that come along', () => {
    const open = openStatements(
      readFileSync(join(__dirname, '../../../models/truth/facts.json'), 'utf8'),
      'facts.json',
    );
    const topics = new Set(open.map(({ topic }) => topic));
    // Topics whose templates begin or end with a third slot are left out.
    expect(topics.size).toBeGreaterThan(80);
    for (const compared of ['size', 'speed', 'direction']) expect(topics).not.toContain(compared);
    for (const { right, wrong, disputed } of open) {
      expect(right.length).toBeGreaterThan(0);
      for (const value of right) expect([...wrong, ...disputed]).not.toContain(value);
    }
  });

  it.each([
    ['no json', /it is not JSON/],
    ['[]', /no list "topics"/],
    ['{"topics":[{"topic":"a"}]}', /topic 1/],
    ['{"topics":[{"topic":"a","templates":[{"forms":[["x","y"]],"facts":[["a"]]}]}]}', /the topic a/],
  ])('refuse %s', (text, cause) => {
    expect(() => openStatements(text, 'f.json')).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({ code: 'factsMalformed', message: expect.stringMatching(cause) }),
      }),
    );
  });
});
