import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { prepareJob } from '../../src/backend/job.ts';
import { ARCHITECTURES, type Architecture } from '../../src/backend/machine-design.ts';
import { openMachine } from '../../src/backend/open-machine.ts';
import { type Design, moduleNames } from '../../src/design/design.ts';
import { rolledFile, structuralFiles } from '../../src/emit/emit-design.ts';
import { writeFiles } from '../../src/emit/write-files.ts';
import { PRESETS } from '../../src/projection/space-time.ts';
import type { FaultDrive } from '../../src/schedule/beats.ts';
import { jobBeats } from '../../src/schedule/segments.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { designOf } from '../design/support/arrays.ts';
import { run } from './support/tools.ts';

/** Arrays whose PE indices leave values of the fault port's field over, or fill it. */
const DESIGNS: Readonly<Record<string, Design>> = {
  'seven PEs': designOf({ name: 'seven', matrix: PRESETS.no_local_reuse, size: [2, 2, 2], faultSlots: 2 }),
  'one PE': designOf({ name: 'one', size: [1, 1, 3], faultSlots: 2 }),
  'four PEs': designOf({ name: 'four', size: [2, 2, 2], faultSlots: 2 }),
};

async function open(design: Design, architecture: Architecture) {
  const files = architecture === 'structural' ? structuralFiles(design) : [rolledFile(design)];
  const { grid, rolled } = moduleNames(design);
  return openMachine({
    design,
    files,
    top: architecture === 'structural' ? grid : rolled,
    architecture,
    trace: false,
  });
}

/** Run the same job with the given faults. */
async function runJob(machine: Awaited<ReturnType<typeof open>>, design: Design, faults: readonly FaultDrive[]) {
  const [n1, n2, n3] = design.spec.size;
  const [a, b] = [tensor('int8', [n1 * 2, n3]), tensor('int8', [n3, n2])];
  for (let n = 0; n < a.data.length; n++) a.data[n] = 5 * n - 17;
  for (let n = 0; n < b.data.length; n++) b.data[n] = 11 - 3 * n;
  const { operands, plan } = prepareJob(design, { a, b });
  const { samples, firedCycles } = await machine.run({ segments: jobBeats(design, plan, operands).segments, faults });
  return { samples: Buffer.from(samples).toString('hex'), firedCycles };
}

function drive(design: Design, node: string, peIndex: number): FaultDrive {
  const { code } = design.faultSites.find((site) => site.node === node)!;
  const window = { firstCycle: 0, lastCycle: Number.POSITIVE_INFINITY };
  return { peIndex, nodeCode: code, kindCode: 2, mask: 0x55n, value: 0n, ...window };
}

describe.each(ARCHITECTURES)('a fault slot of the %s grid', (architecture) => {
  it.each(['seven PEs', 'one PE'])('that addresses no PE does nothing, in an array of %s', async (name) => {
    const design = DESIGNS[name]!;
    const machine = await open(design, architecture);
    const { samples } = await runJob(machine, design, []);
    for (const { node } of design.faultSites) {
      const absent = drive(design, node, design.pes.length);
      expect(await runJob(machine, design, [absent])).toEqual({ samples, firedCycles: [0] });
    }
    // The last PE is there, and a slot beside one that addresses nothing still acts.
    const faults = [drive(design, 'c', design.pes.length), drive(design, 'c', design.pes.length - 1)];
    const { firedCycles } = await runJob(machine, design, faults);
    expect(firedCycles[0]).toBe(0);
    expect(firedCycles[1]).toBeGreaterThan(0);
    await machine.close();
  });
});

describe('Verilator -Wall finds nothing in the rolled grid', () => {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-rolled-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(Object.entries(DESIGNS))('of %s', async (_, design) => {
    const file = rolledFile(design);
    await writeFiles(folder, [file]);
    const top = moduleNames(design).rolled;
    expect(run('verilator', ['--lint-only', '-Wall', '--top-module', top, file.path], folder)).toBe('');
    const bounded = file.text.includes('fault_acts[slot] = fault_en_i[slot] && ');
    expect(bounded).toBe(design.pes.length < 2 ** design.faultPort.peBits);
  });
});
