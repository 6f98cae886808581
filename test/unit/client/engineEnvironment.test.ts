/** The environment variables and arguments of an engine's process. */
import { expect, it } from 'vitest';
import { engineArguments, engineEnvironment } from '../../../src/client/engineEnvironment';

const tunables = (given?: string) => engineEnvironment({ GLIBC_TUNABLES: given }, 'linux').GLIBC_TUNABLES?.split(':');

it('asks for huge pages, and for large pieces to be given back, on Linux, beside what the user has set', () => {
  const asked = tunables() ?? [];
  expect(asked).toContain('glibc.malloc.hugetlb=1');
  expect(asked).toContain('glibc.malloc.mmap_threshold=524288');
  expect(tunables('glibc.malloc.check=1')).toEqual(['glibc.malloc.check=1', ...asked]);
});

it('leaves other systems, and what a user has decided, alone', () => {
  const names = (given?: string) => tunables(given)?.map((set) => set.split('=')[0]);
  const decided = 'glibc.malloc.hugetlb=0:glibc.malloc.arena_max=4';
  expect(tunables(decided)?.slice(0, 2)).toEqual(decided.split(':'));
  expect(new Set(names(decided))).toEqual(new Set(names()));
  for (const platform of ['win32', 'darwin']) expect(engineEnvironment({ PATH: 'x' }, platform)).toEqual({ PATH: 'x' });
});

it('opens a port for a debugger on this machine alone, and only when one is named', () => {
  expect(engineArguments({ PROMPT_LENS_INSPECT: '9230' })).toEqual(['--inspect=127.0.0.1:9230']);
  for (const PROMPT_LENS_INSPECT of [undefined, '', 'yes', '0.0.0.0:9230', '9230 --eval'])
    expect(engineArguments({ PROMPT_LENS_INSPECT })).toEqual([]);
});
