import { describe, expect, it } from 'vitest';
import { refuseUnknownVariables, tellReport } from '../../../src/cli/readerReport';
import { clause } from '../../../src/protocol/clauses';
import type { PromptInput } from '../../../src/protocol/model';
import { run, stage } from './fakeEngine';

const files = {
  'trip.prompt': 'In {{city}} for {{days}} days, {{city}}',
  'other.prompt': 'Hello {{name}}',
  'plain.txt': 'In {{city}}',
  'rows.csv': 'text\nOne\nTwo\n',
};
const wordsOf = async (...words: string[]) => (await run(words, { files })).errors;

describe('variables without a value', () => {
  it('are named once each on standard error, with how to give one, and with --json too', async () => {
    const line = 'trip.prompt: No value for city, days. Give one with --var city=….\n';
    expect(await wordsOf('probabilities', 'trip.prompt')).toBe(line);
    const { output, errors } = await run(['probabilities', 'trip.prompt', '--json'], { files });
    expect(errors).toBe(line);
    expect(JSON.parse(output).command).toBe('probabilities');
    expect(output).not.toContain('No value');
  });

  it('are those that are left when some are given, and nothing is said when all are', async () => {
    expect(await wordsOf('probabilities', 'trip.prompt', '--var', 'city=Oslo')).toContain(
      'No value for days. Give one',
    );
    expect(await wordsOf('probabilities', 'trip.prompt', '--var', 'city=Oslo', '--var', 'days=')).toBe('');
    expect(await wordsOf('probabilities', 'plain.txt')).toBe('');
  });
});

describe('a value for a variable that is not there', () => {
  it('is refused for a file without variables', async () => {
    const { status, errors, calls } = await run(['probabilities', 'plain.txt', '--var', 'city=Oslo'], { files });
    expect(status).toBe(2);
    expect(errors).toBe(
      'prompt-lens: There is no variable in plain.txt, so city has nowhere to go. Leave out --var.\n',
    );
    expect(calls).toEqual([]);
    expect(await wordsOf('tokens', 'trip.prompt', '--raw', '--var', 'city=Oslo')).toContain('There is no variable in');
  });

  it('is refused for a name that the file does not have, with those that it has', async () => {
    const { status, errors } = await run(['info', 'trip.prompt', '--var', 'town=Oslo'], { files });
    expect([status, errors]).toEqual([
      2,
      'prompt-lens: No variable of trip.prompt is called town. There are: city, days.\n',
    ]);
  });

  it('may be one of either prompt where two are read', async () => {
    const both = ['compare', 'trip.prompt', 'other.prompt'];
    const all = ['city=Oslo', 'days=3', 'name=Mira'].flatMap((value) => ['--var', value]);
    const { status, errors, calls } = await run([...both, ...all], { files });
    expect([status, errors]).toEqual([0, '']);
    const asked = calls.filter(([name]) => name === 'probabilities');
    expect(asked).toMatchObject([
      [expect.anything(), { prompt: { messages: [{ content: 'In Oslo for 3 days, Oslo' }] } }],
      [expect.anything(), { prompt: { messages: [{ content: 'Hello Mira' }] } }],
    ]);
    expect(await wordsOf(...both, '--var', 'town=Oslo')).toContain(
      'No variable of trip.prompt, other.prompt is called town. There are: city, days, name.',
    );
    expect(await wordsOf('patch', 'trip.prompt', '--from', 'other.prompt', '--var', 'town=x')).toContain('called town');
  });

  it('is checked before lists and tables are, which take none at all', async () => {
    expect(await wordsOf('embeddings', 'rows.csv', '--var', 'city=Oslo')).toContain('--var is for prompt files');
    expect(await wordsOf('embeddings', 'trip.prompt', 'plain.txt', '--var', 'town=x')).toContain('called town');
  });
});

describe('notes of the reader', () => {
  const input = (report: Partial<PromptInput>) =>
    ({ kind: 'raw', file: 'a', text: 'x', pieces: [], ...report }) as PromptInput;

  it('are a sentence and a line each, in which nothing moves the cursor', () => {
    const scene = stage();
    const notes = [clause('of', '1 picture', 'left out'), clause('verbatim', 'it holds \u001b[2J\n\nand more.')];
    tellReport(scene.environment, 'a.json', input({ notes }));
    expect(scene.errors()).toBe('a.json: 1 picture: left out.\na.json: It holds \\u001b[2J and more.\n');
  });

  it('tell a program the parameter in place of the flag', () => {
    const scene = stage();
    const environment = { ...scene.environment, take: () => {} };
    tellReport(environment, 'text', input({ variables: [{ name: 'city', value: null, from: null }] }));
    expect(scene.errors()).toBe('text: No value for city. Give one with var city=….\n');
  });

  it('say nothing where nothing was given, and nothing was read', () => {
    expect(refuseUnknownVariables(['a'], [input({})], [])).toBeUndefined();
    expect(refuseUnknownVariables([], [], ['city'])).toBeUndefined();
  });
});
