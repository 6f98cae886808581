import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clause, fill, inRow, saidBy, verbatim, wordsOf } from '../../../src/protocol/clauses';
import { type Problem, ProblemError } from '../../../src/protocol/problem';
import { entryOf, type ProblemCode, problemCatalogue } from '../../../src/protocol/problemCatalogue';

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

describe('a clause', () => {
  const kind = clause('notOfKind', 'llama.block_count', clause('aNumber'));

  it('is plain data, numbers as they are written', () => {
    expect(clause('ggufVersion', 7)).toEqual({ clause: 'ggufVersion', args: ['7'] });
    expect(JSON.parse(JSON.stringify(kind))).toEqual(kind);
    expect(structuredClone(kind)).toEqual(kind);
  });

  it('is said with the clauses within it, each in the language asked for', () => {
    const loud = (english: string) => english.toUpperCase();
    expect(wordsOf(kind)).toBe('llama.block_count is not a number');
    expect(wordsOf(kind, loud)).toBe('llama.block_count IS NOT A NUMBER');
    expect(wordsOf('as it is', loud)).toBe('as it is');
  });

  it('stands in a row with others, each behind its name', () => {
    const [cuda, webgpu] = [clause('notInstalled', 'libcudnn.so.9'), clause('noAdapter')];
    const row = inRow([
      clause('of', 'cuda', cuda),
      clause('of', 'webgpu', webgpu),
      clause('of', 'dml', verbatim('no')),
    ]);
    expect(wordsOf(row)).toBe('cuda: libcudnn.so.9 is not installed; webgpu: no usable graphics adapter; dml: no');
    expect(inRow([cuda])).toEqual(cuda);
  });

  it("keeps others' words, whatever they look like", () => {
    fc.assert(fc.property(fc.string(), (text) => wordsOf(verbatim(text)) === text));
    expect(wordsOf(clause('tensorTwice', '{0} {1}'))).toBe('it contains the tensor {0} {1} twice');
    expect(wordsOf(saidBy(new TypeError('no such thing')))).toBe('no such thing');
    expect(wordsOf(saidBy(42))).toBe('42');
  });
});

describe('ProblemError', () => {
  it('says cause and remedy', () => {
    const error = new ProblemError('promptTooLong', [9000, 8192, 30000]);
    expect(error.message).toBe(
      'The prompt has 9000 tokens; this model takes at most 8192. Shorten it, or select the part to look at; about 30000 characters fit.',
    );
    expect(error.problem).toEqual({
      code: 'promptTooLong',
      message: 'The prompt has 9000 tokens; this model takes at most 8192.',
      remedy: 'Shorten it, or select the part to look at; about 30000 characters fit.',
      args: ['9000', '8192', '30000'],
    });
  });

  it('says the clauses among its arguments, and keeps them as data', () => {
    const reason = clause('announcesMore', clause('tensors'));
    const { problem } = new ProblemError('modelMalformed', ['x.gguf', reason]);
    expect(problem.message).toBe('The model file x.gguf is damaged: it announces more tensors than it can contain.');
    expect(problem.args).toEqual(['x.gguf', reason]);
    expect(new ProblemError('outOfRange', [clause('layer'), 0, 30]).problem.message).toBe(
      'The layer must be between 0 and 30.',
    );
  });

  it('takes no text where a clause of ours belongs', () => {
    // @ts-expect-error: free text could not be translated.
    new ProblemError('modelMalformed', ['x.gguf', 'it is broken']);
    // @ts-expect-error: this could not be translated either.
    new ProblemError('outOfRange', ['The layer', 0, 30]);
    // @ts-expect-error: there is no such clause.
    clause('brandNew');
    expect(entryOf('modelMalformed').clauseAt).toBe(1);
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

  it("keeps the problem of another bundle's error", () => {
    const { problem } = new ProblemError('cacheDiskFull');
    const foreign = Object.assign(new Error('x'), { problem });
    expect(ProblemError.wrap(foreign)).toBeInstanceOf(ProblemError);
    expect(ProblemError.wrap(foreign).problem).toBe(problem);
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
      message: 'Something failed unexpectedly: x is not a function.',
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
