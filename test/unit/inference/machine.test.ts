/** The share of a machine that a container or a shell's limit leaves, read from the files that Linux keeps. */
import { describe, expect, it } from 'vitest';
import { availableBytes, type Machine, thisMachine, threadsFor } from '../../../src/inference/machine';

const MiB = 2 ** 20;

const machine = (files: Record<string, string>, { free = 16_000 * MiB, processors = 8 } = {}): Machine => ({
  read: (path) => files[path] ?? null,
  freeBytes: () => free,
  processors: () => processors,
});

describe('memory', () => {
  it('is what the machine has where nothing limits it', () => {
    expect(availableBytes(machine({}))).toBe(16_000 * MiB);
    expect(availableBytes(thisMachine)).toBeGreaterThan(0);
  });

  it('is what a group of version 1 leaves, files that can be dropped included', () => {
    const group = '/sys/fs/cgroup/memory/box';
    const files = {
      '/proc/self/cgroup': '9:name=systemd:/\n4:memory:/box\n0::/\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': '1000000\n',
      [`${group}/memory.limit_in_bytes`]: `${600 * MiB}\n`,
      [`${group}/memory.usage_in_bytes`]: `${200 * MiB}\n`,
      [`${group}/memory.stat`]: `inactive_file 1\ntotal_inactive_file ${50 * MiB}\n`,
    };
    expect(availableBytes(machine(files))).toBe(450 * MiB);
  });

  it('is what a group of version 2 or one of its parents leaves', () => {
    const files = {
      '/proc/self/cgroup': '0::/user.slice/box\n',
      '/sys/fs/cgroup/user.slice/memory.max': `${500 * MiB}\n`,
      '/sys/fs/cgroup/user.slice/memory.current': `${100 * MiB}\n`,
      '/sys/fs/cgroup/user.slice/box/memory.max': 'max\n',
      '/sys/fs/cgroup/user.slice/box/memory.current': `${90 * MiB}\n`,
    };
    expect(availableBytes(machine(files))).toBe(400 * MiB);
  });

  it('is that of the mount where the group’s path is the host’s', () => {
    const files = {
      '/proc/self/cgroup': '0::/docker/0123\n',
      '/sys/fs/cgroup/memory.max': `${500 * MiB}\n`,
      '/sys/fs/cgroup/memory.current': `${600 * MiB}\n`,
    };
    expect(availableBytes(machine(files))).toBe(0);
  });

  it('ends with the addresses that a shell allows', () => {
    const files = {
      '/proc/self/limits':
        'Limit  Soft Limit  Hard Limit  Units\nMax address space         1536000000  unlimited  bytes\n',
      '/proc/self/status': 'Name:\tnode\nVmSize:\t 1000000 kB\n',
    };
    expect(availableBytes(machine(files))).toBe(1_536_000_000 - 1_024_000_000);
  });
});

describe('threads', () => {
  const siblings = Object.fromEntries(
    Array.from({ length: 8 }, (_, cpu) => [
      `/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`,
      `${cpu % 4},${(cpu % 4) + 4}\n`,
    ]),
  );

  it('are one for each physical core, or for each processor where nobody tells the cores', () => {
    expect(threadsFor(machine(siblings))).toBe(4);
    expect(threadsFor(machine({}))).toBe(8);
    expect(threadsFor(thisMachine)).toBeGreaterThanOrEqual(1);
  });

  it.each<[string, number]>([
    ['max 100000', 4],
    ['800000 100000', 4],
    ['250000 100000', 2],
    ['50000 100000', 1],
  ])('are no more than a quota of %s allows', (quota, threads) => {
    const files = { ...siblings, '/proc/self/cgroup': '0::/box\n', '/sys/fs/cgroup/box/cpu.max': `${quota}\n` };
    expect(threadsFor(machine(files))).toBe(threads);
  });

  it.each<[string, number]>([
    ['-1', 4],
    ['200000', 2],
  ])('are no more than a quota of version 1 (%s) allows', (quota, threads) => {
    const files = {
      ...siblings,
      '/proc/self/cgroup': '2:cpu,cpuacct:/box\n',
      '/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us': `${quota}\n`,
      '/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us': '100000\n',
    };
    expect(threadsFor(machine(files))).toBe(threads);
  });
});
