import { constants } from 'node:os';
import { setTimeout } from 'node:timers';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A second signal within this time is taken for the same one, sent to the process and to its group. */
const SAME_SIGNAL_MS = 500;

/** How long work may take to come to its end after a signal. */
const PATIENCE_MS = 5_000;

/** The wish of the user, or of the system, that the program ends. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** 128 + the number of the signal that came; null while none has. */
  readonly exitCode: number | null;
  /** Leave signals to Node again. */
  stop(): void;
}

/**
 * Turn SIGINT (Ctrl-C), SIGTERM and SIGHUP into an abort signal. Whoever does not stop in time, or is asked twice, is
 * stopped: the exit handlers of child processes run in any case.
 */
export function watchInterrupts(): Interrupt {
  const controller = new AbortController();
  let exitCode: number | null = null;
  let since = 0;
  const onSignal = (name: NodeJS.Signals): void => {
    if (exitCode !== null) {
      if (Date.now() - since > SAME_SIGNAL_MS) process.exit(exitCode);
      return;
    }
    exitCode = 128 + constants.signals[name];
    since = Date.now();
    controller.abort(new DOMException(`stopped by ${name}`, 'AbortError'));
    setTimeout(() => process.exit(exitCode), PATIENCE_MS).unref();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    stop() {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
