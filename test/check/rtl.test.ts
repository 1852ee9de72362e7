import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MachineBackend } from '../../src/backend/machine-backend.ts';
import type { Architecture } from '../../src/backend/machine-design.ts';
import { openRtl } from '../../src/backend/open.ts';
import { crossCheck } from '../../src/check/cross-check.ts';
import { describeMismatch } from '../../src/check/mismatch.ts';
import { type Matrix3, PRESETS } from '../../src/projection/space-time.ts';
import { designOf, MATRICES } from '../design/support/arrays.ts';
import { defectiveFunctional } from './support/defects.ts';

const design = designOf({ size: [2, 2, 3], faultSlots: 2, multiplierStages: 1 });

describe('a cross-check with the emitted Verilog', () => {
  let rtl: MachineBackend;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'espalier-rtl-check-'));
    rtl = await openRtl(design, { trace: true, architecture: 'rolled' });
  });
  afterAll(async () => {
    await rtl.close();
    await rm(directory, { recursive: true });
  });

  it('finds every register equal in every cycle, under faults', async () => {
    const { mismatch, tally, models } = await crossCheck(design, { trials: 300, seed: 1, rtl });
    expect(mismatch && describeMismatch(mismatch)).toBeNull();
    expect(tally.trials).toBe(300);
    expect(models).toEqual(['reference', 'functional', 'cycle', 'rtl']);
  });

  it('writes the waveform of a mismatch', async () => {
    const functional = defectiveFunctional(design, (result) => {
      (result as Int32Array)[0]! ^= 1;
    });
    const { mismatch } = await crossCheck(design, { trials: 1, seed: 1, rtl, functional, directory });
    expect(mismatch!.vcdPath).toBe(join(directory, 'sample-seed1-trial0.vcd'));
    expect(await readFile(mismatch!.vcdPath!, 'utf8')).toContain('$enddefinitions');
  });
});

const FOUR_CYCLES_TO_ADD: Matrix3 = [
  [1, 0, 0],
  [0, 1, 0],
  [1, 1, 4],
];

/** One array of every kind of dataflow, with operands from 8 to 64 bits. */
const KINDS: readonly { what: string; given: Parameters<typeof designOf>[0] }[] = [
  { what: 'c stationary, mixed operands', given: { types: { a: 'uint8', b: 'int8', c: 'int32' } } },
  { what: 'a stationary', given: { matrix: PRESETS.row_stationary, types: { a: 'int16', b: 'int16', c: 'int64' } } },
  {
    what: 'b stationary, c narrower than the product',
    given: { matrix: PRESETS.col_stationary_eq, types: { a: 'int32', b: 'int32', c: 'int32' } },
  },
  { what: 'hexagonal', given: { matrix: PRESETS.no_local_reuse, size: [2, 3, 2], multiplierStages: 1 } },
  {
    what: 'links, several phases, 80-bit products',
    given: { matrix: MATRICES['links of one to three registers']!, types: { a: 'uint16', b: 'int64', c: 'int64' } },
  },
  { what: 'slow stationary a', given: { matrix: MATRICES['slow stationary a']!, multiplierStages: 1 } },
  {
    what: 'long and diagonal flows',
    given: { matrix: MATRICES['scattered PEs']!, types: { a: 'int64', b: 'uint8', c: 'int16' } },
  },
  { what: 'unsigned products as wide as an int of C', given: { types: { a: 'uint16', b: 'uint16', c: 'int64' } } },
  {
    what: 'such products through a pipeline',
    given: { types: { a: 'uint16', b: 'uint16', c: 'int64' }, multiplierStages: 2 },
  },
  {
    what: 'float32 through pipelines of multiplier and adder',
    given: {
      matrix: MATRICES['slow stationary a']!,
      types: { a: 'float32', b: 'float32', c: 'float32' },
      multiplierStages: 2,
    },
  },
  {
    what: 'bfloat16 in four phases, adder of four stages',
    given: { matrix: FOUR_CYCLES_TO_ADD, types: { a: 'bfloat16', b: 'bfloat16', c: 'float32' }, multiplierStages: 3 },
  },
  {
    what: 'float16, hexagonal',
    given: { matrix: PRESETS.no_local_reuse, size: [2, 2, 2], types: { a: 'float16', b: 'float16', c: 'float16' } },
  },
  {
    what: 'faults in some nodes only, three slots',
    given: { faultNodes: ['a', 'b', 'c'], faultSlots: 3 },
  },
  { what: 'faults in register c alone', given: { faultNodes: ['c'], matrix: PRESETS.no_local_reuse, size: [2, 2, 2] } },
  { what: 'faults in a wire alone', given: { faultNodes: ['a_out'], multiplierStages: 2 } },
  {
    what: 'a multiplier of Booth rows, four stages',
    given: { multiplierStyle: 'booth', multiplierStages: 4, types: { a: 'uint8', b: 'int16', c: 'int32' } },
  },
  { what: 'Booth rows without a register', given: { multiplierStyle: 'booth', matrix: PRESETS.col_stationary } },
  { what: 'no fault slots', given: { faultSlots: 0, matrix: PRESETS.no_local_reuse_eq } },
];

const BOTH: readonly Architecture[] = ['structural', 'rolled'];

describe.each(BOTH)('the %s RTL equals the simulators in every register and cycle, under faults:', (architecture) => {
  it.each(KINDS)('$what', async ({ given }) => {
    const small = designOf({ size: [2, 2, 3], faultSlots: 1, ...given });
    const rtl = await openRtl(small, { architecture, trace: true });
    const { mismatch, tally } = await crossCheck(small, { trials: 150, seed: 3, rtl });
    await rtl.close();
    expect(mismatch && describeMismatch(mismatch)).toBeNull();
    expect(tally.trials).toBe(150);
  });
});
