import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 20;

/**
 * Sample the proportional set size of a process and all its descendants; `stop` gives the largest sum seen, in bytes.
 * A page that several processes share, such as the precompiled header of two compilers, counts once.
 */
export function watchMemory(pid: number): { stop(): number } {
  let largest = 0;
  const timer = setInterval(() => {
    largest = Math.max(largest, proportionalBytes(pid));
  }, EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return largest;
    },
  };
}

function proportionalBytes(root: number): number {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)));
  const family = new Set([root]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  return [...family].reduce((sum, pid) => sum + ownBytes(pid), 0);
}

/** The proportional set size of one process; 0 if it has just gone. */
function ownBytes(pid: number): number {
  try {
    const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** A process of `/proc`; nothing if it has just gone. Fields as in proc(5), counted behind the name in parentheses. */
function readProcess(pid: number): { pid: number; parent: number }[] {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return [{ pid, parent: Number(fields[1]) }];
  } catch {
    return [];
  }
}
