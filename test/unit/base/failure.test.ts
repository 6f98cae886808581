/** The page's own failures are in the user's language, as those of the host are. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ProblemError } from '../../../src/protocol/problem';
import { panelFacts, problemCatalogue } from '../../../src/protocol/problemCatalogue';
import { cancelled, failure, failures } from '../../../webview/base/failure';
import { configureStrings } from '../../../webview/base/strings';

beforeEach(() => configureStrings({}));

describe('a failure of the page', () => {
  it('says what the catalogue says of the same code', () => {
    const { message, remedy } = problemCatalogue.cancelled;
    expect(cancelled().problem).toMatchObject({ code: 'cancelled', message, remedy });
    expect(cancelled().problem.panel).toEqual(JSON.parse(JSON.stringify(panelFacts('cancelled'))));
    const fault = failure(new TypeError('x is undefined\nat y'));
    const { problem } = ProblemError.wrap(new TypeError('x is undefined\nat y'));
    expect(fault.problem).toMatchObject({ code: 'internal', message: problem.message, remedy: problem.remedy });
    expect(fault.message).toBe(`${problem.message} ${problem.remedy}`);
  });

  it('speaks the language of the user', () => {
    configureStrings({
      'Something failed unexpectedly: {0}.': '发生了不该发生的错误：{0}。',
      'Cancelled.': '已取消。',
    });
    expect(failure(new RangeError('17')).problem.message).toBe('发生了不该发生的错误：17。');
    expect(failure('a bare text').problem.message).toBe('发生了不该发生的错误：a bare text。');
    expect(cancelled().problem.message).toBe('已取消。');
  });

  it('is the host’s own where it came from there, and a question given up is no fault', () => {
    const told = failures.from({ code: 'promptTooLong', message: '太长。', remedy: '缩短它。', args: ['9000'] });
    expect(failure(told)).toBe(told);
    expect(told.problem.message).toBe('太长。');
    expect(failure(new DOMException('given up', 'AbortError')).problem.code).toBe('cancelled');
  });
});
