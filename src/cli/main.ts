import { CommanderError } from 'commander';
import { explain } from './failure.ts';
import { watchInterrupts } from './interrupt.ts';
import { buildProgram } from './program.ts';

/**
 * Run the command line.
 * @param argv what stands behind the program's name
 * @returns the exit code: 0, 1 for a check that found a difference, 2 for input that was refused, 70 for a defect of
 *   Espalier, 128 + n when signal n ended it
 */
export async function main(argv: readonly string[]): Promise<number> {
  process.stdout.on('error', leaveQuietly);
  process.stderr.on('error', leaveQuietly);
  const interrupt = watchInterrupts();
  let exitCode = 0;
  const finish = (code: number): void => {
    exitCode = code;
  };
  try {
    await buildProgram({ signal: interrupt.signal, finish }).parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const failure = explain(error, { debug: argv.includes('--debug'), interrupt });
    process.stderr.write(failure.text);
    return failure.exitCode;
  } finally {
    interrupt.stop();
  }
}

/** A reader that went away, such as `head`, is no error of ours; nobody is left to tell. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}
