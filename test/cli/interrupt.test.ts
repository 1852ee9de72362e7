import { readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { BIN, openWorkplace } from './support/espalier.ts';

const SPEC = 'array one { size 1 x 1 x 1; projection output_stationary; types a: int8, b: int8 }';

/** A tool that tells its version, and otherwise leaves its process id and never comes to an end. */
function hanging(versionFlag: string, version: string): string {
  return `#!/bin/sh
if [ "$1" = ${versionFlag} ]; then echo '${version}'; exit; fi
echo $$ >> "$PIDS"
exec sleep 600
`;
}

const COMPILER = {
  tool: 'g++',
  text: hanging('--version', 'g++ 12'),
  args: ['matmul', 's.array', 'x.npy', 'x.npy', '-o', 'out.npy', '--backend', 'rtl', '--quiet'],
};
// Newer than the one that is there, so that it is taken.
const YOSYS = { tool: 'yosys', text: hanging('-V', 'Yosys 9.99'), args: ['synth', 's.array', '--quiet'] };

test.each([
  ['SIGINT', COMPILER],
  ['SIGTERM', COMPILER],
  ['SIGINT', YOSYS],
] as const)(
  '%s ends the program and what it has started, and leaves nothing: case %#',
  async (signal, { tool, text, args }) => {
    const place = await openWorkplace();
    await mkdir(place.path('bin'));
    await place.text(`bin/${tool}`, text);
    await chmod(place.path(`bin/${tool}`), 0o755);
    await place.text('s.array', SPEC);
    await place.npy('x.npy', 'int8', [1, 1], Int8Array.from([1]));
    const pidFile = place.path('pids');
    const env = {
      PATH: `${place.path('bin')}:${process.env['PATH']}`,
      PIDS: pidFile,
      ESPALIER_CACHE: place.path('cache'),
    };
    const child = execa(process.execPath, [BIN, ...args], { cwd: place.folder, env, reject: false });

    const started = await waitForPids(pidFile);
    child.kill(signal);
    const { exitCode, stderr, stdout } = await child;
    expect({ exitCode, stderr, stdout }).toEqual({
      exitCode: signal === 'SIGINT' ? 130 : 143,
      stderr: 'espalier: stopped',
      stdout: '',
    });
    expect(started.filter(isAlive)).toEqual([]);
    expect(await place.list()).toEqual(['bin', 'cache', 'pids', 's.array', 'x.npy']);
    expect(await readdir(place.path('cache'))).toEqual([]);
    await place.remove();
  },
);

async function waitForPids(file: string): Promise<number[]> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.includes('\n')) return text.trim().split('\n').map(Number);
    await sleep(20);
  }
}

/** A process that has ended but was not yet waited for (a zombie) is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !/^State:\s+Z/m.test(readStatus(pid));
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
