/**
 * What the engine's process is started with beside the environment it inherits. Used by whoever forks an engine, and by the bench.
 */

type Environment = Record<string, string | undefined>;

const hugePages = 'glibc.malloc.hugetlb=1';

/**
 * `platform`: Node's name of it. On Linux glibc is asked to put its memory on huge pages: every generated token reads all weights,
 * and on pages of 4 kB a good part of that is looking up pages. Without glibc, or without huge pages, it changes nothing.
 * What the user says about huge pages stands.
 */
export function engineEnvironment(env: Environment, platform: string): Environment {
  const tunables = env.GLIBC_TUNABLES ?? '';
  if (platform !== 'linux' || tunables.includes('glibc.malloc.hugetlb')) return env;
  return { ...env, GLIBC_TUNABLES: tunables ? `${tunables}:${hugePages}` : hugePages };
}
