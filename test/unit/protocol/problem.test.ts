import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fill,
  type Problem,
  type ProblemCode,
  ProblemError,
  problemCatalogue,
  promptReasons,
} from '../../../src/protocol/problem';

describe('fill', () => {
  it('puts each argument in its place, as often as it is named', () => {
    expect(fill('{1} before {0}, {1} again', ['a', 'b'])).toBe('b before a, b again');
  });

  it('leaves an empty place for a missing argument and other braces alone', () => {
    expect(fill('[{2}] {name} {}', ['a'])).toBe('[] {name} {}');
  });

  it('never reads an argument as a template', () => {
    fc.assert(fc.property(fc.string(), (text) => fill('{0}', [text]) === text));
    expect(fill('{0}', ['{1} $& {0}', 'x'])).toBe('{1} $& {0}');
  });
});

describe('ProblemError', () => {
  it('says cause and remedy', () => {
    const error = new ProblemError('promptTooLong', [9000, 8192, 30000]);
    expect(error.message).toBe(
      'The prompt has 9000 tokens; this model takes 8192. Shorten it, or select the part to look at; about 30000 characters fit.',
    );
    expect(error.problem).toEqual({
      code: 'promptTooLong',
      message: 'The prompt has 9000 tokens; this model takes 8192.',
      remedy: 'Shorten it, or select the part to look at; about 30000 characters fit.',
      args: ['9000', '8192', '30000'],
    });
  });

  it.each(Object.keys(problemCatalogue) as ProblemCode[])('%s survives the way through a process', (code) => {
    const { problem } = new ProblemError(code, ['a', 'b', 'c'], 'for the log');
    expect(ProblemError.from(structuredClone(problem)).problem).toEqual(problem);
    expect(problem.message).not.toMatch(/\{\d\}/);
    expect(problem.message.length).toBeGreaterThan(0);
  });

  it('keeps sentences that were translated on the way', () => {
    const translated = { ...new ProblemError('cancelled').problem, message: '已取消。' };
    expect(ProblemError.from(translated).problem.message).toBe('已取消。');
  });

  it('keeps the sentence of a code it does not know', () => {
    const unknown = { code: 'ofTomorrow', message: 'New trouble.', remedy: 'Wait.', args: [] } as unknown as Problem;
    expect(ProblemError.from(unknown)).toBeInstanceOf(ProblemError);
    expect(ProblemError.from(unknown).problem).toEqual(unknown);
  });
});

describe('wrap', () => {
  it('passes a problem through', () => {
    const error = new ProblemError('cancelled');
    expect(ProblemError.wrap(error)).toBe(error);
  });

  it('knows an aborted operation', () => {
    const abort = new AbortController();
    abort.abort();
    expect(ProblemError.wrap(abort.signal.reason).problem.code).toBe('cancelled');
  });

  it('keeps one line for the reader and the stack for the log', () => {
    const error = new TypeError('x is not a function\nat y');
    expect(ProblemError.wrap(error).problem).toMatchObject({
      code: 'internal',
      message: 'Something failed that should not have: x is not a function.',
      detail: error.stack,
    });
  });

  it.each([['a text'], [undefined], [null], [42], [{ a: 1 }]])('takes the thrown value %s', (value) => {
    const { problem } = ProblemError.wrap(value);
    expect(problem.code).toBe('internal');
    expect(problem.args).toEqual([String(value)]);
    expect(problem).not.toHaveProperty('detail');
  });
});

describe('the reasons why a file is no prompt', () => {
  it.each(Object.entries(promptReasons))('%s begins with line and column and is one clause', (_, reason) => {
    expect(reason).toMatch(/^line \{0\}, column \{1\}: .*[^.]$/);
  });
});
