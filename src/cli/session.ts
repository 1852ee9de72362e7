import { openProgress, type Progress } from './progress.ts';

/** Flags that every command takes. */
export interface CommonFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What the program hands to a command. */
export interface Host {
  readonly signal: AbortSignal;
  /** Set the exit code of a run that ended without an error. */
  finish(exitCode: number): void;
}

/** One run of a command: its way to the user. */
export interface Session extends Host {
  readonly progress: Progress;
  /** Print the outcome: the document with --json, else the lines. */
  report(document: object, lines: readonly string[]): void;
  /** Print a line to stderr, where it does not disturb what stdout carries. */
  warn(line: string): void;
}

/** Run a command's action with progress that is taken away again however the action ends. */
export async function inSession(
  host: Host,
  flags: CommonFlags,
  action: (session: Session) => Promise<void>,
): Promise<void> {
  const silent = flags.json || flags.quiet;
  const progress = await openProgress(process.stderr, silent ? 'silent' : process.stderr.isTTY ? 'terminal' : 'lines');
  const session: Session = {
    ...host,
    progress,
    report(document, lines) {
      progress.end();
      process.stdout.write(`${flags.json ? toJson(document) : lines.join('\n')}\n`);
    },
    warn: (line) => {
      process.stderr.write(`espalier: ${line}\n`);
    },
  };
  try {
    await action(session);
  } finally {
    progress.end();
  }
}

/** Print a document; integers beyond 2^53 become strings, and infinity (an endless window) null. */
export function toJson(document: object): string {
  return JSON.stringify(document, (_, value: unknown) => (typeof value === 'bigint' ? plainInteger(value) : value));
}

function plainInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
