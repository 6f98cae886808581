/**
 * The share of the machine that this process may use. A container's share is smaller than what the host has, and the system gives
 * no warning before it is exceeded. The share follows from control groups of both versions, their parents included, and from limits
 * of the process itself. Engine only.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, freemem, platform } from 'node:os';
import { join } from 'node:path';

/** Everything that is asked of the operating system, so that tests can stand in for another machine. */
export interface Machine {
  /** A small file's text; null where there is none. */
  read(path: string): string | null;
  /** Free memory of the whole machine, in bytes. */
  freeBytes(): number;
  /** Processors that this process may run on. */
  processors(): number;
}

export const thisMachine: Machine = {
  read(path) {
    try {
      return platform() === 'linux' ? readFileSync(path, 'utf8') : null;
    } catch {
      return null;
    }
  },
  freeBytes: () => Math.min(freemem(), process.availableMemory?.() || Number.POSITIVE_INFINITY),
  processors: availableParallelism,
};

/** Bytes that this process may still take; memory that the system can drop at once (cached files) counts as free. */
export function availableBytes(machine: Machine = thisMachine): number {
  const groups = [
    ...groupFolders(machine, null).map((folder) =>
      left(machine, folder, ['memory.max', 'memory.current', 'inactive_file']),
    ),
    ...groupFolders(machine, 'memory').map((folder) =>
      left(machine, folder, ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file']),
    ),
  ];
  return Math.max(0, Math.min(machine.freeBytes(), addressesLeft(machine), ...groups));
}

/** One thread for each physical core, but no more than a container's share of the processors. */
export function threadsFor(machine: Machine = thisMachine): number {
  return Math.max(1, Math.min(physicalCores(machine), Math.floor(processorShare(machine))));
}

/** A group's limit minus its use; infinite where it has no limit. */
function left(machine: Machine, folder: string, [limit, usage, droppable]: [string, string, string]): number {
  const most = Number(machine.read(join(folder, limit))?.trim() || Number.NaN);
  const used = Number(machine.read(join(folder, usage))?.trim() || Number.NaN);
  // Version 1 expresses "no limit" as a number beyond every machine's memory.
  if (!(most < 2 ** 60) || Number.isNaN(used)) return Number.POSITIVE_INFINITY;
  const files = new RegExp(`^${droppable} (\\d+)`, 'm').exec(machine.read(join(folder, 'memory.stat')) ?? '');
  return most - used + Number(files?.[1] ?? 0);
}

/** `ulimit -v` limits addresses, not the memory behind them, but exceeding it ends a process all the same. */
function addressesLeft(machine: Machine): number {
  const limit = /^Max address space\s+(\d+)/m.exec(machine.read('/proc/self/limits') ?? '');
  const size = /^VmSize:\s+(\d+) kB/m.exec(machine.read('/proc/self/status') ?? '');
  return limit && size ? Number(limit[1]) - Number(size[1]) * 1024 : Number.POSITIVE_INFINITY;
}

/** Measured in processors; infinite where there is no limit. */
function processorShare(machine: Machine): number {
  const share = (quota: string | undefined, period: string | undefined) => {
    const processors = Number(quota) / Number(period);
    return processors > 0 ? processors : Number.POSITIVE_INFINITY;
  };
  const second = groupFolders(machine, null).map((folder) => {
    const [quota, period] = (machine.read(join(folder, 'cpu.max')) ?? '').trim().split(/\s+/);
    return share(quota, period);
  });
  const first = groupFolders(machine, 'cpu').map((folder) =>
    share(
      machine.read(join(folder, 'cpu.cfs_quota_us'))?.trim(),
      machine.read(join(folder, 'cpu.cfs_period_us'))?.trim(),
    ),
  );
  return Math.min(Number.POSITIVE_INFINITY, ...second, ...first);
}

/**
 * The folders of this process's control group and of all its parents; null = version 2. Inside a container the path may be that of
 * the host; the group is then found at the mount itself.
 */
function groupFolders(machine: Machine, controller: string | null): string[] {
  const lines = (machine.read('/proc/self/cgroup') ?? '').trim().split('\n');
  const line = lines
    .map((each) => each.split(':'))
    .find(([id, names]) => (controller === null ? id === '0' && names === '' : names?.split(',').includes(controller)));
  if (!line) return [];
  const mounts = controller === null ? ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'] : [`/sys/fs/cgroup/${line[1]}`];
  if (controller !== null && line[1] !== controller) mounts.push(`/sys/fs/cgroup/${controller}`);
  const parts = line.slice(2).join(':').split('/').filter(Boolean);
  const paths = Array.from({ length: parts.length + 1 }, (_, count) => parts.slice(0, count).join('/'));
  return mounts.flatMap((mount) => paths.map((path) => join(mount, path)));
}

function physicalCores(machine: Machine): number {
  const processors = machine.processors();
  const groups = new Set<string>();
  for (let cpu = 0; cpu < processors; cpu++) {
    const siblings = machine.read(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`);
    if (siblings === null) return processors;
    groups.add(siblings.trim());
  }
  return Math.max(1, groups.size);
}
