import { execa, type ResultPromise } from 'execa';
import { ProcessError, ToolMissingError } from '../errors.ts';

/** A program to run: what a plan decides and this module carries out. */
export interface Step {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

export interface RunControl {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** Added to the environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What to say when the program is not there. */
  readonly purpose?: string | undefined;
}

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** What one types to get the tools. */
export const INSTALL_COMMAND = 'apt-get install verilator g++ make';

const TAIL_LINES = 12;
const TAIL_BYTES = 4096;

// Children get a process group of their own, so that a kill reaches make's compilers too; execa ends the group when
// this process leaves in whatever way it can still react to.
const CHILD = { killDescendants: true, killSignal: 'SIGKILL', reject: false, stripFinalNewline: true } as const;

/**
 * Run a program to its end.
 * @throws {ToolMissingError} if the program is not there, {ProcessError} if it fails or takes longer than the timeout,
 * and the signal's reason if it is aborted; the program and its children are gone by then.
 */
export async function run(step: Step, control: RunControl = {}): Promise<Output> {
  control.signal?.throwIfAborted();
  const result = await execa(step.command, step.args, {
    ...CHILD,
    cwd: step.cwd,
    stdin: 'ignore',
    ...(control.env && { env: control.env }),
    ...(control.signal && { cancelSignal: control.signal }),
    ...(control.timeoutMs !== undefined && { timeout: control.timeoutMs }),
  });
  if (!result.failed) return { stdout: result.stdout, stderr: result.stderr };
  control.signal?.throwIfAborted();
  if (result.code === 'ENOENT') throw missingTool(step.command, control.purpose);
  const what = result.timedOut
    ? `${step.command} took longer than ${control.timeoutMs! / 1000} s`
    : `${step.command} failed`;
  throw new ProcessError(what, {
    command: commandLine(step),
    cwd: step.cwd,
    exitCode: result.exitCode,
    signal: result.timedOut ? undefined : result.signal,
    stderrTail: firstErrors(`${result.stderr ?? ''}\n${result.stdout ?? ''}`) || (result.originalMessage ?? ''),
  });
}

/** A process that lives on and is talked to through its pipes. */
export type LiveProcess = ResultPromise<{
  stdin: 'pipe';
  stdout: 'pipe';
  stderr: 'pipe';
  buffer: false;
  encoding: 'buffer';
  reject: false;
}>;

/** Start a process that is talked to through its pipes; its promise never rejects. */
export function start(step: Step): LiveProcess {
  return execa(step.command, step.args, {
    ...CHILD,
    cwd: step.cwd,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    encoding: 'buffer',
  }) as unknown as LiveProcess;
}

/** Print a step as one would type it, long argument lists shortened. */
export function commandLine(step: Pick<Step, 'command' | 'args'>): string {
  const line = [step.command, ...step.args].join(' ');
  return line.length > 200 ? `${line.slice(0, 197)}...` : line;
}

/** Make the error that names a missing tool and how to get it. */
export function missingTool(tool: string, purpose = 'simulation of the emitted Verilog'): ToolMissingError {
  return new ToolMissingError(`${tool} is not installed; ${purpose} needs it (install with: ${INSTALL_COMMAND})`);
}

/** Cut a text to its last lines. */
export function tail(text: string): string {
  return text.slice(-TAIL_BYTES).trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}

/** Cut a tool's output to its first error and the lines after it; compilers repeat themselves from there on. */
function firstErrors(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const first = lines.findIndex((line) => /error|undefined reference|no rule/i.test(line));
  return (first < 0 ? lines.slice(-TAIL_LINES) : lines.slice(first, first + TAIL_LINES)).join('\n');
}
