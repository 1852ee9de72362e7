import type { WriteStream } from 'node:tty';

/** Where progress goes: a line that is drawn anew on a terminal, a line now and then in a pipe, or nowhere. */
export type ProgressMode = 'terminal' | 'lines' | 'silent';

/** Tells how far a long action is. */
export interface Progress {
  /** Say what is being done; with `done` and `total` also how much of it. */
  tell(what: string, done?: number, total?: number): void;
  /** Remove what has been drawn. */
  end(): void;
}

/** Nothing is shown of an action that takes less than this. */
const QUIET_MS = 1_000;
const REDRAW_MS = 100;
const LINE_EVERY_MS = 3_000;
const BAR_WIDTH = 30;

/** Show progress on a stream; mode `terminal` needs a terminal. */
export async function openProgress(stream: NodeJS.WriteStream, mode: ProgressMode): Promise<Progress> {
  if (mode === 'silent') return { tell() {}, end() {} };
  const screen = mode === 'terminal' ? await terminalScreen(stream) : lineScreen(stream);
  const started = Date.now();
  let shownAt = started + QUIET_MS - screen.intervalMs;
  let text: () => string = () => '';
  const show = (): void => {
    const now = Date.now();
    if (now - shownAt < screen.intervalMs || text() === '') return;
    shownAt = now;
    screen.show(text());
  };
  // Work outside this process, such as compiling, does not tell how far it is: the seconds show that it goes on.
  const timer = setInterval(show, screen.intervalMs).unref();
  return {
    tell(what, done, total) {
      text = () => describe(what, done, total, screen.bar, Math.round((Date.now() - started) / 1000));
      show();
    },
    end() {
      clearInterval(timer);
      screen.clear();
    },
  };
}

interface Screen {
  readonly intervalMs: number;
  readonly bar: boolean;
  show(text: string): void;
  clear(): void;
}

async function terminalScreen(stream: NodeJS.WriteStream): Promise<Screen> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stream as WriteStream);
  return { intervalMs: REDRAW_MS, bar: true, show: update, clear: () => update.clear() };
}

function lineScreen(stream: NodeJS.WriteStream): Screen {
  return { intervalMs: LINE_EVERY_MS, bar: false, show: (text) => stream.write(`${text}\n`), clear() {} };
}

function describe(
  what: string,
  done: number | undefined,
  total: number | undefined,
  bar: boolean,
  seconds: number,
): string {
  if (done === undefined || !total) return `${what} (${seconds} s)`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_WIDTH);
  const drawn = bar ? `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ` : '';
  return `${drawn}${what}: ${Math.floor(100 * share)} % (${seconds} s)`;
}
