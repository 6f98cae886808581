/** Problems in the user's language, with every clause within them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type ClauseKey, clause, clauses, inRow, verbatim } from '../../../src/protocol/clauses';
import { type Problem, ProblemError } from '../../../src/protocol/problem';

const bundles = vi.hoisted(() => ({ spoken: {} as Record<string, string> }));

vi.mock('vscode', () => ({ l10n: { t: (english: string) => bundles.spoken[english] ?? english } }));

const { say, sayProblem, translateProblem } = await import('../../../src/host/translate');

const bundle = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(join(__dirname, `../../../l10n/bundle.l10n.${language}.json`), 'utf8'));

describe('in Simplified Chinese', () => {
  beforeEach(() => {
    bundles.spoken = bundle('zh-cn');
  });

  it('a problem is said with its clauses, and those within them', () => {
    const { problem } = new ProblemError('modelMalformed', ['m.gguf', clause('announcesMore', clause('arrayEntries'))]);
    const said = translateProblem(problem);
    expect(said.message).toBe('模型文件 m.gguf 已损坏：它声明的数组元素超过了它能容纳的数量。');
    expect(said).toMatchObject({ code: 'modelMalformed', args: problem.args, panel: { help: 'model' } });
  });

  it('a row of refusals keeps what the drivers say', () => {
    const { problem } = new ProblemError('providerUnavailable', [
      'auto',
      inRow([
        clause('of', 'cuda', clause('notInstalled', 'libcudnn.so.9')),
        clause('of', 'webgpu', verbatim('no GPU')),
      ]),
    ]);
    expect(translateProblem(problem).message).toContain('cuda：libcudnn.so.9 未安装；webgpu：no GPU');
  });

  it('a prompt that cannot be read is said with line and column, and what helps in the editor', () => {
    const reason = clause('jsonSyntax', 3, 7, clause('jsonEnd'));
    const { problem } = new ProblemError('promptMalformed', ['a.json', reason]);
    const { message, remedy } = translateProblem(problem);
    expect(message).toContain('第 3 行第 7 列：这不是 JSON，此处应为 文件末尾');
    expect(`${remedy} ${problem.remedy}`).toMatch(/^[^a-z]* Correct the file, or use --raw/);
  });

  it('what a problem is about is said too', () => {
    expect(sayProblem(new ProblemError('outOfRange', [clause('seed'), 0, 9]))).toMatch(/^种子 必须在 0 和 9 之间。/);
    expect(sayProblem(new ProblemError('emptyPrompt', [clause('secondPrompt')]))).toMatch(/^第二个提示词 是空的。/);
    expect(say(clause('signal', 'SIGKILL'))).toBe('信号 SIGKILL');
  });
});

it.each(['zh-cn', 'zh-tw'])('no clause stays English in %s', (language) => {
  bundles.spoken = bundle(language);
  // Format words and names stay Latin among the Chinese ones, so a clause needs only some Chinese.
  const keys = (Object.keys(clauses) as ClauseKey[]).filter((key) => !['verbatim', 'row', 'of'].includes(key));
  const english = keys.filter((key) => !/\p{Script=Han}/u.test(say(clause(key, '1', '2', '3', '4'))));
  expect(english).toEqual([]);
});

it('a code of another version keeps its own sentences', () => {
  const unknown = { code: 'ofTomorrow', message: 'New trouble.', remedy: 'Wait.', args: [] } as unknown as Problem;
  expect(translateProblem(unknown)).toBe(unknown);
});
