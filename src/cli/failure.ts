import { EspalierError } from '../errors.ts';
import type { Interrupt } from './interrupt.ts';

/** The exit code of a defect (EX_SOFTWARE of sysexits.h). */
const DEFECT = 70;

export interface Failure {
  /** What to print to stderr; ends with a newline. */
  readonly text: string;
  readonly exitCode: number;
}

/** Say what went wrong in words for the user; a stack trace only with `debug`. */
export function explain(
  error: unknown,
  { debug, interrupt }: { readonly debug: boolean; readonly interrupt: Pick<Interrupt, 'exitCode'> },
): Failure {
  const trace = debug ? `${traceOf(error)}\n` : '';
  if (interrupt.exitCode !== null) return { text: `${trace}espalier: stopped\n`, exitCode: interrupt.exitCode };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof EspalierError) return { text: `${trace}espalier: ${message}\n`, exitCode: error.exitCode };
  const hint = debug ? '' : ' (this is a defect of Espalier; --debug shows where)';
  return { text: `${trace}espalier: unexpected error: ${message}${hint}\n`, exitCode: DEFECT };
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${traceOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
