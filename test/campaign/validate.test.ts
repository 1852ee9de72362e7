import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { functionalBackend } from '../../src/backend/functional.ts';
import { openBackend } from '../../src/backend/open.ts';
import type { Campaign } from '../../src/campaign/campaign.ts';
import type { Outcome } from '../../src/campaign/outcome.ts';
import { runCampaign } from '../../src/campaign/run-campaign.ts';
import { beginStore } from '../../src/campaign/start-campaign.ts';
import { type Validator, validateCampaign } from '../../src/campaign/validate/validate-campaign.ts';
import type { ImageValidation } from '../../src/campaign/validate/validate-image.ts';
import type { Runner } from '../../src/campaign/workers/runner.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import { FAULT_KINDS } from '../../src/fault/fault.ts';
import { openWorkplace, type Workplace } from '../cli/support/espalier.ts';
import { digitsCampaign, exportsOf, openDigits, specOf } from './support/digits-campaign.ts';

const KINDS = 'stuck_at_0, stuck_at_1, flip, set to 0x35';
const PLAIN_KINDS = 'stuck_at_0, stuck_at_1, flip';
const LONG = { kinds: KINDS, sample: '60', nodes: 'a, b, c' };
const SHORT = { ...LONG, window: 'transient' };

const numbers = ({ sample }: Campaign) => Array.from({ length: sample.planned }, (_, n) => n);

async function validateAll(campaign: Campaign, other: Backend): Promise<ImageValidation[][]> {
  const found: ImageValidation[][] = [];
  for (const n of numbers(campaign)) found.push(await campaign.validate(n, other));
  return found;
}

describe.each(['output_stationary', 'row_stationary', 'col_stationary', 'no_local_reuse'])('on %s', (projection) => {
  const array = { projection };
  let rtl: Backend;

  beforeAll(async () => {
    rtl = await openBackend(buildDesign(specOf(digitsCampaign({}, array)).array), 'rtl');
  });

  afterAll(() => rtl.close());

  it.each([
    ['always', LONG],
    ['in one cycle', SHORT],
  ])('the RTL gives the simulator’s bits, and the same outcomes, under faults that act %s', async (_, statements) => {
    const campaign = await openDigits(statements, { array });
    const found = await validateAll(campaign, rtl);
    expect(found.flat().filter(({ difference }) => difference !== null)).toEqual([]);
    const kinds = new Set(numbers(campaign).map((n) => campaign.fault(n).fault.kind));
    expect([...kinds].sort()).toEqual([...FAULT_KINDS].sort());
    const outcomes = await campaign.run(numbers(campaign));
    expect(outcomes.flat().filter(({ corrupted }) => corrupted > 0).length).toBeGreaterThan(10);
    expect(found.flat().map(({ image, fired, corrupted, pattern }) => [image, fired, corrupted, pattern])).toEqual(
      outcomes.flat().map(({ image, fired, corrupted, pattern }) => [image, fired, corrupted, pattern]),
    );
    const inLoop = await openDigits(statements, { array, faultyBackend: rtl });
    expect(await inLoop.run(numbers(campaign))).toEqual(outcomes);
    await campaign.close();
    await inLoop.close();
  });
});

/** A simulator with a defect: once in so many runs under faults, one bit of one sum is wrong. */
function defective(backend: Backend, every: number): Backend {
  let runs = 0;
  return {
    kind: 'functional',
    design: backend.design,
    async matmul(job, options) {
      const run = await backend.matmul(job, options);
      const data = run.result.data as Int32Array;
      if (options?.faults?.length && runs++ % every === 0) data[3]! ^= 0x100;
      return run;
    },
    close: () => backend.close(),
  };
}

describe('a defect', () => {
  let place: Workplace;
  let campaign: Campaign;

  beforeAll(async () => {
    place = await openWorkplace();
    await place.text('digits.array', digitsCampaign(LONG));
    campaign = await openDigits(LONG);
  });

  afterAll(async () => {
    await campaign.close();
    await place.remove();
  });

  it('of one bit in one sum is seen, and told with the fault, the image and both sums', async () => {
    const other = defective(functionalBackend(campaign.design), 2 * campaign.images.length * 7);
    const found = await validateAll(campaign, other);
    const seen = found.flatMap((images, n) =>
      images.filter(({ difference }) => difference).map((own) => ({ n, ...own })),
    );
    expect(seen.map(({ n, image }) => [n, image])).toEqual([0, 14, 28, 42, 56].map((n) => [n, 0]));
    for (const { difference } of seen) expect(difference).toMatch(/^sum 3 is .* by the simulator, .* by the other$/);
  });

  it('in the upper half of a sum of 64 bits is seen as well', async () => {
    const wide = await openDigits({ ...LONG, sample: '8' }, { array: { types: 'a: int8, b: int8, c: int64' } });
    const backend = functionalBackend(wide.design);
    const other: Backend = {
      ...backend,
      async matmul(job, options) {
        const run = await backend.matmul(job, options);
        if (options?.faults?.length) (run.result.data as BigInt64Array)[3]! ^= 1n << 40n;
        return run;
      },
    };
    expect((await validateAll(wide, backend)).flat().every(({ difference }) => difference === null)).toBe(true);
    for (const { difference } of (await validateAll(wide, other)).flat()) {
      expect(difference).toMatch(/^sum 3 of product 0 is -?\d+ by the simulator, -?\d+ by the other$/);
    }
    await wide.close();
  });

  it('of the workers is seen in what the store says', async () => {
    const runner: Runner = {
      concurrency: 1,
      run: async (some) =>
        (await campaign.run(some)).map((images) => images.map((own) => ({ ...own, fired: !own.fired }))),
      async close() {},
    };
    const from = { file: place.path('digits.array'), folder: place.folder };
    using store = await beginStore(place.path('wrong.campaign'), campaign, from);
    await runCampaign(campaign, store, runner);
    const other = functionalBackend(campaign.design);
    const validator: Validator = { concurrency: 1, validate: async ([n]) => [await campaign.validate(n!, other)] };
    const [first] = await validateCampaign(campaign, store, validator, { share: 1 });
    expect(first).toMatch(
      /^fault 0, .*: image 0: whether it fired is (true|false) in the store, (true|false) on the other$/,
    );
    expect(store.record.validation).toEqual({ share: 1, faults: 60, images: 2, differing: 120 });
  });

  it('of a worker that dies once is tried again, and told when it stays', async () => {
    const from = { file: place.path('digits.array'), folder: place.folder };
    using store = await beginStore(place.path('dying.campaign'), campaign, from);
    const run = (some: readonly number[]): Promise<Outcome[][]> => campaign.run(some);
    await runCampaign(campaign, store, { concurrency: 1, run, async close() {} });
    const other = functionalBackend(campaign.design);
    let left = 1;
    const validator: Validator = {
      concurrency: 1,
      async validate([n]) {
        if (left-- > 0) throw new Error('the worker died');
        return [await campaign.validate(n!, other)];
      },
    };
    expect(await validateCampaign(campaign, store, validator, { share: 0.05 })).toEqual([]);
    left = 2;
    await expect(validateCampaign(campaign, store, validator, { share: 0.05 })).rejects.toThrow(
      /^fault \d+ could not be run for comparison: the worker died$/,
    );
  });

  it('is counted in the store', async () => {
    const runner: Runner = {
      concurrency: 2,
      run: (some): Promise<Outcome[][]> => campaign.run(some),
      async close() {},
    };
    const from = { file: place.path('digits.array'), folder: place.folder };
    using store = await beginStore(place.path('defect.campaign'), campaign, from);
    await runCampaign(campaign, store, runner);
    const validate = async (other: Backend, share: number): Promise<string[]> => {
      const validator: Validator = { concurrency: 1, validate: async ([n]) => [await campaign.validate(n!, other)] };
      return await validateCampaign(campaign, store, validator, { share });
    };
    expect(await validate(functionalBackend(campaign.design), 1)).toEqual([]);
    expect(store.record.validation).toEqual({ share: 1, faults: 60, images: 2, differing: 0 });
    expect(await validate(defective(functionalBackend(campaign.design), 1), 0.1)).toHaveLength(5);
    const known = { share: 1, faults: 60, images: 2, differing: 12 };
    expect(store.record.validation).toEqual(known);
    // What was found once is not forgotten where a later comparison finds nothing.
    expect(await validate(functionalBackend(campaign.design), 1)).toEqual([]);
    expect(store.record.validation).toEqual(known);
  });
});

describe('the command', () => {
  let place: Workplace;

  beforeEach(async () => {
    place = await openWorkplace();
  });

  afterEach(() => place.remove());

  it('runs a campaign on the RTL to the same bytes, and holds one against the other', async () => {
    await place.text('digits.array', digitsCampaign({ ...SHORT, kinds: PLAIN_KINDS }));
    const run = (store: string, backend: string) => {
      const flags = ['--backend', backend, '--validate', '100%', '--workers', '2', '--json'];
      return place.run(['campaign', 'run', 'digits.array', '-o', store, ...flags]);
    };
    const [plain, rtl] = [await run('plain.campaign', 'functional'), await run('rtl.campaign', 'rtl')];
    expect([plain.exitCode, plain.stderr, rtl.exitCode, rtl.stderr]).toEqual([0, '', 0, '']);
    const validation = { share: 1, faults: 60, images: 2, differing: 0 };
    expect(JSON.parse(plain.stdout).campaign.validation).toEqual(validation);
    // JSON also names the backend.
    const tables = async (store: string) =>
      Object.entries(await exportsOf(place.path(store))).filter(([name]) => !name.endsWith('.json'));
    expect(await tables('rtl.campaign')).toEqual(await tables('plain.campaign'));
  });

  it('fails where the RTL says something else than the store', async () => {
    await place.text('digits.array', digitsCampaign({ ...LONG, kinds: PLAIN_KINDS, sample: '4' }));
    await place.run(['campaign', 'run', 'digits.array', '--quiet']);
    const database = new DatabaseSync(place.path('digits.campaign'));
    database.exec('UPDATE outcomes SET corrupted = corrupted + 1 WHERE fault = 2 AND image = 1');
    database.close();
    const { exitCode, stderr } = await place.run([
      'campaign',
      'resume',
      'digits.campaign',
      '--quiet',
      '--validate',
      '100%',
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^espalier: fault 2, .*: image 1: the number of wrong sums is \d+ in the store, \d+ on the other\n$/,
    );
  });

  it('says where a population holds faults twice, and where nothing can be run', async () => {
    await place.text('digits.array', digitsCampaign({ ...LONG, sample: '2' }));
    const twice = await place.run(['campaign', 'run', 'digits.array', '-o', 'twice.campaign', '--quiet']);
    expect([twice.exitCode, twice.stderr]).toEqual([
      0,
      'espalier: the kind set on a single bit is stuck_at_0 or stuck_at_1: the population holds such faults twice\n',
    ]);
    await place.text('digits.array', digitsCampaign({ nodes: 'a_out', pes: '(1, 4)' }));
    const dead = await place.run(['campaign', 'run', 'digits.array', '-o', 'dead.campaign', '--quiet']);
    expect([dead.exitCode, dead.stderr]).toEqual([
      0,
      'espalier: no fault of this population can reach an output, whatever the data: nothing is run\n',
    ]);
  });

  it('refuses an array without fault slots in one sentence', async () => {
    await place.text('digits.array', digitsCampaign({}, { fault_slots: '0' }));
    for (const args of [
      ['--backend', 'rtl'],
      ['--validate', '2%'],
    ]) {
      const { exitCode, stdout, stderr } = await place.run(['campaign', 'run', 'digits.array', ...args]);
      expect({ exitCode, stdout, stderr }).toEqual({
        exitCode: 2,
        stdout: '',
        stderr:
          'espalier: the RTL of array grid takes as many faults at once as it has fault slots, 0, received 1; "fault_slots 1" in the array makes room\n',
      });
    }
    expect(await place.list()).toEqual(['digits.array']);
  });
});
