/** The outputs of a command are checked before an engine is started. */
import { describe, expect, it } from 'vitest';
import { run } from './fakeEngine';

const table = 'text,label,topic\nThe sky is blue.,true,a\n';

describe('an output over an input', () => {
  it.each([
    [['tokens', 'a.txt', '--csv', 'a.txt'], 'a.txt'],
    [['probabilities', 'a.txt', '--svg', './a.txt'], 'a.txt'],
    [['probabilities', 'a.txt', '--html', '././a.txt'], 'a.txt'],
    [['attention', 'a.txt', '--save', 'a.txt'], 'a.txt'],
    [['embeddings', 'b.txt', 'a.txt', '--csv', 'a.txt'], 'a.txt'],
    [['patch', 'a.txt', '--from', 'b.txt', '--csv', 'b.txt'], 'b.txt'],
    [['truth', 'a.txt', '--probe', 'p.json', '--csv', 'p.json'], 'p.json'],
    [['generate', 'a.txt', '--steer', 'p.json', '--html', 'p.json'], 'p.json'],
    [['tokens', 'a.txt', '--model', 'm.gguf', '--csv', 'm.gguf'], 'm.gguf'],
    [['tokens', 'a.txt', '--csv', 'models/fake.gguf'], 'the model'],
    [['truth', 'a.txt', '--csv', 'models/truth/probe.json'], 'the probe'],
    [['probe', 'train', 't.csv', '-o', 't.csv'], 't.csv'],
    [['probe', 'train', 't.csv', '--frozen', 'f.csv', '-o', 'f.csv'], 'f.csv'],
    [['probe', 'evaluate', 't.csv', '--csv', 't.csv'], 't.csv'],
  ])('is refused: %j', async (words, input) => {
    const files = { 'b.txt': 'B', 'p.json': '{}', 't.csv': table, 'f.csv': table, 'm.gguf': 'x' };
    const { status, errors, engines, files: after } = await run(words, { files });
    expect(status).toBe(2);
    expect(errors).toMatch(
      /^prompt-lens: Writing \S+ would overwrite [^\n]+, which this run reads\. Choose another name\.\n$/,
    );
    expect(errors).toContain(`overwrite ${input},`);
    expect(engines.started).toBe(0);
    expect(after.get('a.txt')).toBe('The capital of France is');
  });

  it('is no other file of the same name, and the bundled probe may be trained anew', async () => {
    expect((await run(['tokens', 'a.txt', '--csv', 'b/a.txt'])).status).toBe(0);
    const trained = await run(['probe', 'train', 't.csv', '-o', 'models/truth/probe.json'], {
      files: { 't.csv': table },
    });
    expect(trained.errors).not.toContain('overwrite');
  });
});

describe('outputs of one run', () => {
  it.each([
    [['tokens', 'a.txt', '--csv', 'x', '--html', './x'], 'x and ./x name the same output.'],
    [['tokens', 'a.txt', '--csv', '-', '--json'], '--csv and --json would both write to standard output.'],
    [
      ['probabilities', 'a.txt', '--csv', '-', '--svg', '/dev/stdout'],
      '--csv and --svg would both write to standard output.',
    ],
    [['probabilities', 'a.txt', '--save', '-'], 'name a file'],
    [['tokens', 'a.txt', '--svg', 'x.svg'], '"tokens" has no picture that --svg could write.'],
    [['info', '--svg', 'x.svg'], '"info" has no picture that --svg could write.'],
    [['embeddings', '-', '-'], 'Standard input can be read only once'],
    [['patch', '-', '--from', '-'], 'Standard input can be read only once'],
  ])('are wrong usage before anything is loaded: %j', async (words, expected) => {
    const { status, errors, engines } = await run(words, { files: { '-': 'from a pipe' } });
    expect(status).toBe(2);
    expect(errors).toContain(expected);
    expect(engines.started).toBe(0);
  });

  it('that cannot be written are told before a model is loaded', async () => {
    const { status, errors, engines } = await run(['attention', 'a.txt', '--save', 'locked/x.safetensors']);
    expect([status, engines.started]).toEqual([1, 0]);
    expect(errors).toContain('locked/x.safetensors cannot be written: permission denied.');
  });
});

describe('standard output', () => {
  it.each(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])(
    '%s takes the place of what is printed',
    async (path) => {
      const { status, output, files } = await run(['tokens', 'a.txt', '--csv', path]);
      expect(status).toBe(0);
      expect(output.split('\r\n')[0]).toMatch(/^position/);
      expect(output).not.toContain('tokens for');
      expect(files.has(path)).toBe(false);
    },
  );

  it('gets a picture or a page too, and a running text stays away from it', async () => {
    expect((await run(['probabilities', 'a.txt', '--svg', '-'])).output).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect((await run(['tokens', 'a.txt', '--html', '-'])).output).toMatch(/^<!DOCTYPE html>[\s\S]*<\/html>\n$/);
    expect((await run(['generate', 'a.txt', '--csv', '-'])).output).toMatch(/^step/);
  });
});
