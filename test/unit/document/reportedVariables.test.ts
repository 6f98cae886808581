import { describe, expect, it } from 'vitest';
import { parsePrompt } from '../../../src/document/parsePrompt';

const variablesOf = (file: string, text: string, variables: Record<string, string> = {}) =>
  parsePrompt(text, { file, variables }).variables;

const none = (name: string) => ({ name, value: null, from: null });

describe('the variables that a reader reports', () => {
  const prompty = '---\nsample:\n  city: Oslo\n---\nsystem:\nYou know {{city}}.\nuser:\n{{question}} {{city}}';

  it.each([
    ['a.prompty', prompty, [{ name: 'city', value: 'Oslo', from: 'file' }, none('question')]],
    [
      'a.prompt',
      '---\ninput:\n  default:\n    n: 3\n---\n{{n}} {{who}}',
      [{ name: 'n', value: '3', from: 'file' }, none('who')],
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how VS Code writes variables
    ['a.prompt.md', 'Rename ${input:old} to ${input:new}', [none('old'), none('new')]],
    ['a.md', 'In {{city}}', undefined],
    ['a.prompt', 'Nothing to fill', undefined],
  ])('of %s %j', (file, text, expected) => expect(variablesOf(file, text)).toEqual(expected));

  it('have the value that was given, even an empty one', () => {
    expect(variablesOf('a.prompty', prompty, { city: '', question: 'Where?' })).toEqual([
      { name: 'city', value: '', from: 'given' },
      { name: 'question', value: 'Where?', from: 'given' },
    ]);
  });

  it('are none where the file is taken as it stands', () => {
    expect(parsePrompt(prompty, { file: 'a.prompty', mode: 'raw' })).not.toHaveProperty('variables');
  });
});
