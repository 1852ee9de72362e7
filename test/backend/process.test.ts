import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/backend/process.ts';
import { ProcessError, ToolMissingError } from '../../src/errors.ts';
import { isRunning, until } from './support/processes.ts';

const RUN_FOREVER = fileURLToPath(new URL('fixtures/run-forever.ts', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'espalier-process-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function script(text: string): string {
  const path = join(folder, 'script.sh');
  writeFileSync(path, text);
  return path;
}

/** A program with a child of its own, as make has; both write down their process ids. */
function family(): { readonly path: string; pids(): number[] } {
  const path = script(`echo $$ > ${folder}/parent\nsleep 600 &\necho $! > ${folder}/child\nwait\n`);
  const files = ['parent', 'child'].map((name) => join(folder, name));
  const complete = (): boolean => files.every((file) => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
  return { path, pids: () => (complete() ? files.map((file) => Number(readFileSync(file, 'utf8'))) : []) };
}

describe('a program that is run', () => {
  it('gives its output', async () => {
    const step = { command: 'sh', args: [script('echo out; echo err >&2')], cwd: '/' };
    expect(await run(step)).toEqual({ stdout: 'out', stderr: 'err' });
  });

  it.each([
    [
      'echo "obj/x.cpp:3: error: no such thing" >&2; exit 2',
      'sh failed',
      'exit code 2',
      ': obj/x.cpp:3: error: no such thing',
    ],
    [
      'printf "noise\\n%%Error: first\\n%%Error: second\\n"; exit 1',
      'sh failed',
      'exit code 1',
      ': %Error: first\n%Error: second',
    ],
    ['kill -TERM $$', 'sh failed', 'signal SIGTERM', ''],
    ['sleep 600', 'sh took longer than 0.5 s', 'no exit', ''],
  ])('is an error that carries everything when it does: %s', async (text, what, end, tail) => {
    const path = script(text);
    const error = await run({ command: 'sh', args: [path], cwd: '/' }, { timeoutMs: 500 }).catch((e) => e);
    expect(error).toBeInstanceOf(ProcessError);
    expect(error.message).toBe(`${what} (sh ${path}, ${end}, in /)${tail}`);
  });

  it('is a missing tool when it is not there', async () => {
    const error = await run({ command: 'no-such-tool', args: [], cwd: '/' }).catch((e) => e);
    expect(error).toBeInstanceOf(ToolMissingError);
    expect(error.message).toBe(
      'no-such-tool is not installed; simulation of the emitted Verilog needs it (install with: apt-get install verilator g++ make)',
    );
  });

  it('is gone with all its children when it is aborted', async () => {
    const { path, pids } = family();
    const controller = new AbortController();
    const running = run({ command: 'sh', args: [path], cwd: '/' }, { signal: controller.signal }).catch((e) => e);
    await until(() => pids().length === 2);
    expect(pids().map(isRunning)).toEqual([true, true]);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await running).toBe(reason);
    await until(() => !pids().some(isRunning));
    expect(pids().map(isRunning)).toEqual([false, false]);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'exit', 'throw'])(
    'is gone with all its children after this process has left by %s',
    async (way) => {
      const { path, pids } = family();
      const parent = execa(process.execPath, [RUN_FOREVER, path, way], { reject: false });
      await once(parent.stdout, 'data');
      await until(() => pids().length === 2);
      expect(pids().map(isRunning)).toEqual([true, true]);
      if (way.startsWith('SIG')) parent.kill(way as NodeJS.Signals);
      await parent;
      await until(() => !pids().some(isRunning));
      expect(pids().map(isRunning)).toEqual([false, false]);
    },
  );
});
