import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MachineBackend } from '../../src/backend/machine-backend.ts';
import { openRtl } from '../../src/backend/open.ts';
import { crossCheck } from '../../src/check/cross-check.ts';
import { describeMismatch } from '../../src/check/mismatch.ts';
import { designOf } from '../design/support/arrays.ts';
import { defectiveFunctional } from './support/defects.ts';

const design = designOf({ size: [2, 2, 3], faultSlots: 2, productRegister: true });

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
