// The machine that the figures were measured on.
import os from 'node:os';

/** Every figure is doubtful when other processes put more load than this on the machine. */
const idleLoad = 0.5;

export function machine() {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memoryBytes: os.totalmem(),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    load: os.loadavg()[0],
  };
}

/** @param {ReturnType<typeof machine>} described */
export function machineLines({ cpu, cores, memoryBytes, system, node, load }) {
  const lines = [`${cpu}, ${cores} cores, ${(memoryBytes / 2 ** 30).toFixed(1)} GiB, ${system}, Node ${node}`];
  lines.push(`load average ${load.toFixed(2)}`);
  if (load > idleLoad)
    lines.push(
      `WARNING: the machine is not idle (load over ${idleLoad}): the figures are too high, the ratios doubtful.`,
    );
  return lines;
}
