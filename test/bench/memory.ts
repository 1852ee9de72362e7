import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 20;
const PAGE_BYTES = 4096;

/** Sample the resident memory of a process and all its descendants; `stop` gives the largest sum seen, in bytes. */
export function watchMemory(pid: number): { stop(): number } {
  let largest = 0;
  const timer = setInterval(() => {
    largest = Math.max(largest, residentBytes(pid));
  }, EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return largest;
    },
  };
}

function residentBytes(root: number): number {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)));
  const family = new Set([root]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  return processes.reduce((sum, { pid, bytes }) => (family.has(pid) ? sum + bytes : sum), 0);
}

/** A process of `/proc`; nothing if it has just gone. Fields as in proc(5), counted behind the name in parentheses. */
function readProcess(pid: number): { pid: number; parent: number; bytes: number }[] {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return [{ pid, parent: Number(fields[1]), bytes: Number(fields[21]) * PAGE_BYTES }];
  } catch {
    return [];
  }
}
