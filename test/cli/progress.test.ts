import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openProgress } from '../../src/cli/progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function stream(): { readonly out: NodeJS.WriteStream; read(): string } {
  const out = Object.assign(new PassThrough(), { columns: 80, isTTY: true }) as unknown as NodeJS.WriteStream;
  return { out, read: () => String((out as unknown as PassThrough).read() ?? '') };
}

test('an action of less than a second shows nothing', async () => {
  const { out, read } = stream();
  const progress = await openProgress(out, 'lines');
  progress.tell('compiling');
  vi.advanceTimersByTime(900);
  progress.tell('compiling', 1, 2);
  progress.end();
  expect(read()).toBe('');
});

test('in a pipe a line comes every three seconds, also while nothing is told', async () => {
  const { out, read } = stream();
  const progress = await openProgress(out, 'lines');
  progress.tell('compiling');
  vi.advanceTimersByTime(3_000);
  expect(read()).toBe('compiling (3 s)\n');
  progress.tell('100 trials', 20, 100);
  expect(read()).toBe('');
  vi.advanceTimersByTime(3_000);
  expect(read()).toBe('100 trials: 20 % (6 s)\n');
  progress.end();
  vi.advanceTimersByTime(9_000);
  expect(read()).toBe('');
});

test('on a terminal a bar is drawn and taken away again', async () => {
  const { out, read } = stream();
  const progress = await openProgress(out, 'terminal');
  vi.advanceTimersByTime(1_100);
  progress.tell('100 trials', 20, 100);
  expect(read()).toContain(`${'█'.repeat(6)}${'░'.repeat(24)} 100 trials: 20 % (1 s)`);
  progress.end();
  expect(read()).not.toContain('trials');
});

test('with --quiet or --json nothing is shown', async () => {
  const { out, read } = stream();
  const progress = await openProgress(out, 'silent');
  vi.advanceTimersByTime(10_000);
  progress.tell('compiling');
  progress.end();
  expect(read()).toBe('');
});
