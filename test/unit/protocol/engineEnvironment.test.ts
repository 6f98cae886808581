/** What an engine's process is started with. */
import { expect, it } from 'vitest';
import { engineEnvironment } from '../../../src/protocol/engineEnvironment';

it('asks for huge pages on Linux, beside what the user has set', () => {
  expect(engineEnvironment({ PATH: '/bin' }, 'linux')).toEqual({
    PATH: '/bin',
    GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
  });
  const set = engineEnvironment({ GLIBC_TUNABLES: 'glibc.malloc.arena_max=2' }, 'linux');
  expect(set.GLIBC_TUNABLES).toBe('glibc.malloc.arena_max=2:glibc.malloc.hugetlb=1');
});

it('leaves other systems, and a user who has decided, alone', () => {
  const decided = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0' };
  expect(engineEnvironment(decided, 'linux')).toEqual(decided);
  for (const platform of ['win32', 'darwin']) expect(engineEnvironment({ PATH: 'x' }, platform)).toEqual({ PATH: 'x' });
});
