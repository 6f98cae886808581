/**
 * The environment variables that the engine's process gets in addition to those it inherits.
 */

type Environment = Record<string, string | undefined>;

const tuned = {
  'glibc.malloc.hugetlb': '1',
  'glibc.malloc.arena_max': '1',
  'glibc.malloc.mmap_threshold': '524288',
  'glibc.malloc.trim_threshold': '67108864',
};

/**
 * `platform`: Node's name of it. On Linux, glibc is asked to put its memory on huge pages: every generated token reads all weights,
 * and with pages of 4 kB a good part of that time is spent looking up pages. It is also asked to keep small pieces in one place for
 * all threads, and to return every large one as soon as it is freed: by default it learns to keep them, and a long prompt then
 * takes up to two hundred megabytes more. Without glibc, or without huge pages, this changes nothing. Values that the user has set
 * are kept.
 */
export function engineEnvironment(env: Environment, platform: string): Environment {
  if (platform !== 'linux') return env;
  const own = env.GLIBC_TUNABLES ? [env.GLIBC_TUNABLES] : [];
  const added = Object.entries(tuned).filter(([name]) => !own.some((set) => set.includes(name)));
  return { ...env, GLIBC_TUNABLES: [...own, ...added.map((pair) => pair.join('='))].join(':') };
}

/** Node's own arguments for the engine: PROMPT_LENS_INSPECT is the port at which a debugger on this machine may attach. */
export function engineArguments(env: Environment): string[] {
  const port = env.PROMPT_LENS_INSPECT;
  return port !== undefined && /^\d{1,5}$/.test(port) ? [`--inspect=127.0.0.1:${port}`] : [];
}
