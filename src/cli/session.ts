import { openProgress, type Progress, type ProgressMode } from './progress.ts';

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
  const progress = await openProgress(process.stderr, silent ? 'silent' : progressMode(process.stderr));
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

/** A terminal of no size, as some tools make them, cannot be drawn on. */
function progressMode({ isTTY, columns, rows }: NodeJS.WriteStream): ProgressMode {
  return isTTY && columns > 0 && rows > 0 ? 'terminal' : 'lines';
}

/** Print a document; integers beyond 2^53 become strings. */
export function toJson(document: object): string {
  return JSON.stringify(document, (_, value: unknown) => (typeof value === 'bigint' ? plainInteger(value) : value));
}

function plainInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
