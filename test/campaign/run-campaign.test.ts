import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Campaign } from '../../src/campaign/campaign.ts';
import type { Outcome } from '../../src/campaign/outcome.ts';
import { runCampaign } from '../../src/campaign/run-campaign.ts';
import { beginStore, resumeStore } from '../../src/campaign/start-campaign.ts';
import type { Runner } from '../../src/campaign/workers/runner.ts';
import { openWorkplace, type Workplace } from '../cli/support/espalier.ts';
import { digitsCampaign, exportsOf, openDigits, type Statements } from './support/digits-campaign.ts';

let place: Workplace;
let campaign: Campaign;

beforeEach(async () => {
  place = await openWorkplace();
});

afterEach(async () => {
  await campaign.close();
  await place.remove();
});

async function open(statements: Statements): Promise<void> {
  campaign = await openDigits(statements);
  await place.text('digits.array', digitsCampaign(statements));
}

const source = () => ({ file: place.path('digits.array'), folder: place.folder });

/** Run faults so that every other call is done only after the one that follows it. */
function outOfOrder(): Runner['run'] {
  const open: (() => void)[] = [];
  let calls = 0;
  return async (numbers) => {
    const call = calls++;
    const outcomes = await campaign.run(numbers);
    const next = new Promise<void>((resolve) => {
      open[call + 1] = resolve;
    });
    if (call % 2 === 0) await Promise.race([next, sleep(300)]);
    open[call]?.();
    return outcomes;
  };
}

/** Begin a store, or go on with it, and run the campaign in this process. */
async function run(name: string, concurrency: number, runFaults: Runner['run'], begin = beginStore): Promise<void> {
  using store = await begin(place.path(name), campaign, source());
  await runCampaign(campaign, store, { concurrency, run: runFaults, async close() {} });
}

it('faults that are asked for at the same time give what each gives alone', async () => {
  await open({ images: '8', kinds: 'flip' });
  const numbers = Array.from({ length: 40 }, (_, n) => n);
  const alone: Outcome[][] = [];
  for (const n of numbers) alone.push(...(await campaign.run([n])));
  const together = await Promise.all(numbers.map((n) => campaign.run([n])));
  expect(together.flat()).toEqual(alone);
});

describe('a fault that fails', () => {
  it('is tried once more by itself, then kept as an error with its message, and never run again', async () => {
    await open({});
    const calls: (readonly number[])[] = [];
    const failing: Runner['run'] = async (numbers) => {
      calls.push(numbers);
      if (numbers.includes(7)) throw new Error('the seventh never works');
      return await campaign.run(numbers);
    };
    await run('failed.campaign', 1, failing);
    const ofSeven = calls.filter((numbers) => numbers.includes(7));
    expect(ofSeven).toHaveLength(2);
    expect(ofSeven[1]).toEqual([7]);
    const before = calls.length;
    await run('failed.campaign', 1, failing, resumeStore);
    expect(calls).toHaveLength(before);
    using store = await resumeStore(place.path('failed.campaign'), campaign, source());
    const errors = [...store.faults()].filter(({ error }) => error !== null);
    expect(errors.map(({ n, error }) => [n, error])).toEqual([[7, 'the seventh never works']]);
    expect(store.counts()).toEqual({ faults: 40, failed: 1, outcomes: 78 });
    expect([...store.outcomes()].some(({ fault }) => fault === 7)).toBe(false);
  });

  it('once only leaves no trace', async () => {
    await open({});
    await run('whole.campaign', 1, (numbers) => campaign.run(numbers));
    const failed = new Set<number>();
    await run('lucky.campaign', 2, async (numbers) => {
      const unlucky = numbers.filter((n) => n % 5 === 0 && !failed.has(n));
      if (unlucky.length === 0) return await campaign.run(numbers);
      for (const n of unlucky) failed.add(n);
      throw new Error('not now');
    });
    expect(failed.size).toBeGreaterThan(3);
    expect(await exportsOf(place.path('lucky.campaign'))).toEqual(await exportsOf(place.path('whole.campaign')));
  });
});

describe('a campaign that is sampled until its shares are known', () => {
  const STATEMENTS = { sample: 'until 5 %', nodes: 'c', images: '2', layers: '"conv2"' };

  it('ends at the same fault, whoever is done first', async () => {
    await open(STATEMENTS);
    await run('even.campaign', 1, (numbers) => campaign.run(numbers));
    const exports = await exportsOf(place.path('even.campaign'));
    const ends: (number | undefined)[] = [];
    const extra: number[] = [];
    for (const concurrency of [3, 8]) {
      const name = `uneven-${concurrency}.campaign`;
      await run(name, concurrency, outOfOrder());
      expect(await exportsOf(place.path(name))).toEqual(exports);
      using store = await resumeStore(place.path(name), campaign, source());
      ends.push(store.record.ended);
      extra.push(store.counts().faults - store.record.ended!);
    }
    expect(ends).toEqual([ends[0], ends[0]]);
    expect(ends[0]! % 100).toBe(0);
    expect(ends[0]).toBeGreaterThan(100);
    expect(ends[0]).toBeLessThan(campaign.sample.planned);
    expect(Math.max(...extra), 'nobody ran ahead').toBeGreaterThan(0);
  });

  it('and by the command, whatever the workers', async () => {
    await open(STATEMENTS);
    const outputs: string[] = [];
    for (const workers of ['1', '3']) {
      const args = ['campaign', 'run', 'digits.array', '-o', `${workers}.campaign`, '--workers', workers];
      const { exitCode, stdout } = await place.run([...args, '--quiet']);
      expect(exitCode).toBe(0);
      outputs.push(stdout);
    }
    expect(outputs[0]).toMatch(/\nended after \d+ faults: every outcome is known to the margin\n/);
    expect(outputs[1]).toBe(outputs[0]);
    expect(await exportsOf(place.path('3.campaign'))).toEqual(await exportsOf(place.path('1.campaign')));
  });
});
