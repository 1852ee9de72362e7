import { spawnSync } from 'node:child_process';

/** Run a tool and give what it says; the empty text means that it had nothing to say and succeeded. */
export function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return status === 0 ? stderr : `exit ${status}\n${stdout}${stderr}`;
}

export function installed(command: string): boolean {
  return spawnSync(command, ['--version']).error === undefined && spawnSync(command, ['-V']).error === undefined;
}
