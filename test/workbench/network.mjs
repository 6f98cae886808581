// Runs this very process again without any network but the loopback, where the system allows it (Linux, user namespaces), and
// lists the connections that a process holds. Thus "nothing is sent anywhere" is tested and not merely believed.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

const marker = 'PROMPT_LENS_CUT_OFF';
const loopbackUp = 'ip link set lo up 2>/dev/null || ifconfig lo up';

/**
 * Returns true when there is no network already. Where the system allows it, runs the same command in an empty network and exits with
 * its code. Returns false where it does not.
 */
export function cutOff() {
  if (process.env[marker]) return true;
  if (process.platform !== 'linux') return false;
  const enter = ['-rn', 'sh', '-c'];
  if (spawnSync('unshare', [...enter, loopbackUp], { stdio: 'ignore' }).status !== 0) return false;
  const again = [process.execPath, ...process.argv.slice(1)];
  const { status } = spawnSync('unshare', [...enter, `{ ${loopbackUp}; } && exec "$@"`, 'sh', ...again], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, [marker]: '1' },
  });
  process.exit(status ?? 1);
}

/** Processes whose command line contains this text, newest last. @returns {number[]} */
export function processesOf(text) {
  const found = [];
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      if (
        fs
          .readFileSync(`/proc/${name}/cmdline`, 'utf8')
          .split('\0')
          .some((word) => word.endsWith(text))
      )
        found.push(Number(name));
    } catch {
      // The process has ended meanwhile.
    }
  }
  return found.sort((a, b) => a - b);
}

function socketsOf(pid) {
  const inodes = new Set();
  for (const fd of fs.readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(fs.readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode) inodes.add(inode);
    } catch {
      // The descriptor was closed meanwhile.
    }
  }
  return inodes;
}

/** Internet sockets (TCP and UDP, either version) that a process holds; an engine should hold none. @returns {string[]} */
export function internetSockets(pid) {
  const inodes = socketsOf(pid);
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((kind) =>
    fs
      .readFileSync(`/proc/${pid}/net/${kind}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => inodes.has(fields[9]))
      .map((fields) => `${kind} ${fields[1]} to ${fields[2]}`),
  );
}
