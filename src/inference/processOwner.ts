/**
 * The owner of a temporary folder, written into the folder's name: its maker's process number, when that process started, and the
 * machine. From it another process can tell whether the maker still lives, whatever the clocks say. Engine only.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** `elsewhere`: the owner is on a machine or in a container that this process cannot look into. */
export type OwnerLife = 'living' | 'ended' | 'elsewhere';

/** The form is pid-start-machine, in letters and digits. */
export const ownerPattern = '\\d+-\\d+-[0-9a-f]{8}';

export const ownOwner = (): string => `${process.pid}-${startOf(process.pid) ?? 0}-${machine()}`;

export function lifeOf(owner: string): OwnerLife {
  const [pid, start, where] = owner.split('-');
  if (where !== machine()) return 'elsewhere';
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    // EPERM means that the process lives but belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return 'ended';
  }
  // A process number is reused once its process has ended, so the start is compared too; where it is unknown, the number alone
  // decides.
  const started = startOf(Number(pid));
  return started === undefined || String(started ?? 0) === start ? 'living' : 'ended';
}

/**
 * On Linux, ticks from the machine's start to the process's; −1 for a process that has ended and waits to be collected. Null on
 * other systems; undefined where it cannot be read.
 */
function startOf(pid: number): number | null | undefined {
  if (process.platform !== 'linux') return null;
  try {
    // The name in parentheses may hold any characters; field 3 comes after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? -1 : Number(fields[19]);
  } catch {
    return undefined;
  }
}

let known: string | null = null;

/** Identifies one run of one machine, as seen from inside one container: process numbers have a meaning only there. */
function machine(): string {
  if (known !== null) return known;
  const parts = [hostname(), told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1'))];
  parts.push(told(() => readlinkSync('/proc/self/ns/pid')));
  known = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 8);
  return known;
}

function told(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
