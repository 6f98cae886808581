/**
 * What the engine's process is started with beside the environment it inherits. Used by whoever forks an engine, and by the bench.
 */

type Environment = Record<string, string | undefined>;

const tuned = {
  'glibc.malloc.hugetlb': '1',
  'glibc.malloc.arena_max': '1',
  'glibc.malloc.mmap_threshold': '524288',
  'glibc.malloc.trim_threshold': '67108864',
};

/**
 * `platform`: Node's name of it. On Linux glibc is asked to put its memory on huge pages: every generated token reads all weights,
 * and on pages of 4 kB a good part of that is looking up pages. It is asked to keep small pieces in one place for all threads, and
 * to give every large one back when it is let go: left alone it learns to keep them, and a long prompt then takes up to two hundred
 * megabytes more. Without glibc, or without huge pages, it changes nothing. What the user says about any of it stands.
 */
export function engineEnvironment(env: Environment, platform: string): Environment {
  if (platform !== 'linux') return env;
  const own = env.GLIBC_TUNABLES ? [env.GLIBC_TUNABLES] : [];
  const added = Object.entries(tuned).filter(([name]) => !own.some((set) => set.includes(name)));
  return { ...env, GLIBC_TUNABLES: [...own, ...added.map((pair) => pair.join('='))].join(':') };
}

/** What Node itself is told when the engine starts: PROMPT_LENS_INSPECT is the port at which a debugger on this machine may attach. */
export function engineArguments(env: Environment): string[] {
  const port = env.PROMPT_LENS_INSPECT;
  return port !== undefined && /^\d{1,5}$/.test(port) ? [`--inspect=127.0.0.1:${port}`] : [];
}
