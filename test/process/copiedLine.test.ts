/** Copied lines as a user pastes them: with a shell, the built command line and a real engine. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { type CommandLineRequest, commandLine } from '../../src/host/commandLine';
import { initialIntent } from '../../src/host/session/panelDefaults';
import { nothingChosen } from '../unit/host/copied';

const request: CommandLineRequest = {
  ...nothingChosen,
  program: [process.execPath, path.resolve(__dirname, '../../dist/cli.js')],
  file: { text: 'The capital of France is' },
  engine: { ...nothingChosen.engine, provider: 'cpu' },
  top: 3,
};

function pasted(change: Partial<CommandLineRequest>): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', commandLine({ ...request, ...change }, 'posix')], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

it.runIf(process.platform !== 'win32')('a text that is in no file has the numbers that it has in the editor', () => {
  const output = pasted({});
  // A line break at the end of the text would be a sixth token and give another answer.
  expect(output).toMatch(/\n +5 {2}·is /);
  expect(output).not.toMatch(/\n +6 /);
  expect(output).toMatch(/Next token\n *·Paris /);
});

it.runIf(process.platform !== 'win32')('two texts that are in no file are patched as a chat each', () => {
  const chat = (country: string) => JSON.stringify([{ role: 'user', content: `It's the "capital" of ${country}?` }]);
  const output = pasted({
    file: { text: chat('France') },
    second: { text: chat('Italy') },
    format: 'chatJson',
    intent: { ...initialIntent, tab: 'patching', target: { text: 'Rome' } },
  });
  expect(output).toMatch(/^Why Rome /);
  expect(output).toMatch(/·France/);
});

it.runIf(process.platform !== 'win32')('values of variables arrive to the letter', () => {
  const output = pasted({
    file: { text: 'user:\n{{question}}' },
    format: 'prompty',
    variables: { question: `It's the "old" $HOME` },
    intent: { ...initialIntent, tab: 'probabilities' },
  });
  const text = [...output.matchAll(/^ +\d+ {2}(\S+) /gm)].map(([, token]) => token).join('');
  expect(text).toContain(`It's·the·"old"·$HOME`);
});
