import { describe, expect, test } from 'vitest';
import { cycleBackend } from '../../src/backend/functional.ts';
import type { Design } from '../../src/design/design.ts';
import { ALWAYS, type CycleWindow, type Fault, type FaultKind } from '../../src/fault/fault.ts';
import { driveFault, resolveFault } from '../../src/fault/resolve.ts';
import { PRESETS } from '../../src/projection/space-time.ts';
import { planJob } from '../../src/schedule/plan.ts';
import { coversFault } from '../../src/sim/functional.ts';
import { findReach } from '../../src/sim/reach.ts';
import { tileReach } from '../../src/sim/tile-reach.ts';
import { Turns } from '../../src/sim/turns.ts';
import { formatFault } from '../../src/spec/format.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { designOf, MATRICES } from '../design/support/arrays.ts';

/** Positive even numbers: a bit 0 that is stuck at 1 makes every sum that it gets into larger, and none cancel. */
function evenNumbers(count: number, most: number): Float64Array {
  let state = 1;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return 2 + 2 * (state % (most / 2));
  };
  return Float64Array.from({ length: count }, next);
}

/** Run one tile with and without a fault on the cycle simulator, and list the outputs that differ. */
async function changedOutputs(design: Design, faults: readonly Fault[]): Promise<number[]> {
  const [n1, n2, n3] = design.spec.size;
  const job = {
    a: tensor('float64', [n1, n3], evenNumbers(n1 * n3, 120)),
    b: tensor('float64', [n3, n2], evenNumbers(n3 * n2, 100)),
    c: tensor('float64', [n1, n2], evenNumbers(n1 * n2, 1e6)),
  };
  const backend = cycleBackend(design);
  const right = (await backend.matmul(job)).result.data;
  const wrong = (await backend.matmul(job, { faults })).result.data;
  return Array.from<number | bigint, number>(right, (value, n) => (value === wrong[n] ? -1 : n)).filter(
    (n) => n !== -1,
  );
}

function faultOf(design: Design, site: number, pe: number, kind: FaultKind, window: CycleWindow, bit = 0): Fault {
  const { node } = design.faultSites[site]!;
  const { x, y } = design.pes[pe]!;
  const bits = { form: 'index', index: bit, msb: 'last' } as const;
  return resolveFault(design, { name: null, kind, node, pe: { x, y }, bits, value: null, window });
}

/** Take every seventh one-cycle window, to be done in seconds; the number shares no factor with those of nodes and PEs. */
const EVERY = 7;

/** Faults in every node of every PE: for ever, and in single cycles. */
function* everyFault(design: Design): Generator<Fault> {
  const cycles = Array.from({ length: design.schedule.spanCycles }, (_, cycle) => ({
    from: cycle,
    to: cycle,
    tile: null,
  }));
  let number = 0;
  for (const { index } of design.pes) {
    for (const [site, { node }] of design.faultSites.entries()) {
      const isToken = node === 'first' || node === 'last';
      for (const kind of isToken ? (['flip', 'stuck_at_0', 'stuck_at_1'] as const) : (['stuck_at_1'] as const)) {
        yield faultOf(design, site, index, kind, ALWAYS);
        for (const window of cycles) if (number++ % EVERY === 0) yield faultOf(design, site, index, kind, window);
      }
    }
  }
}

function describeReach({ spec }: Fault, outputs: Iterable<number>): string {
  return `${formatFault(spec)}: ${Array.from(outputs).sort((p, q) => p - q)}`;
}

describe.each(Object.keys(MATRICES))('with projection %s', (name) => {
  const matrix = MATRICES[name]!;

  test.each([
    ['no register in the multiplier', { multiplierStages: 0 }],
    ['two registers in the multiplier', { multiplierStages: 2 }],
  ])('and %s, the outputs that a fault can change are those that it does change', async (_, stages) => {
    const design = designOf({ matrix, size: [3, 2, 3], ...stages });
    const found: string[] = [];
    const changed: string[] = [];
    for (const fault of everyFault(design)) {
      const [reach] = tileReach(design, [fault]);
      found.push(describeReach(fault, reach!.outputs));
      changed.push(describeReach(fault, await changedOutputs(design, [fault])));
    }
    expect(found).toEqual(changed);
  });

  test('they are among those that the functional simulator works out again', async () => {
    const design = designOf({ matrix, multiplierStages: 1 });
    const [n1, n2, n3] = design.spec.size;
    const plan = planJob(design, n1, n3, n2);
    for (const fault of everyFault(design)) {
      const drive = driveFault(design, plan, fault);
      if (!coversFault(drive)) continue;
      const safe = (await findReach(design, plan, [drive], new Turns(undefined))).get(0) ?? new Set();
      const [reach] = tileReach(design, [fault]);
      expect([...reach!.outputs].filter((output) => !safe.has(output))).toEqual([]);
    }
  });
});

test.each(Object.keys(MATRICES))('none is missing in floating point, with projection %s', async (name) => {
  const types = { a: 'float32', b: 'float32', c: 'float32' } as const;
  const matrix = MATRICES[name]!;
  const design = designOf({ matrix, size: [3, 2, 3], types, adderStages: matrix[2][2] });
  for (const [site, { widthBits }] of design.faultSites.entries()) {
    for (const { index } of design.pes) {
      const fault = faultOf(
        design,
        site,
        index,
        'flip',
        { from: index % 5, to: 9, tile: null },
        widthBits === 1 ? 0 : 30,
      );
      const [reach] = tileReach(design, [fault]);
      expect((await changedOutputs(design, [fault])).filter((output) => !reach!.outputs.has(output))).toEqual([]);
    }
  }
});

test('without idle steps and windows the two find the same', async () => {
  const design = designOf({ matrix: PRESETS.output_stationary, multiplierStages: 1 });
  const [n1, n2, n3] = design.spec.size;
  const plan = planJob(design, n1, n3, n2);
  for (const fault of everyFault(design)) {
    if (fault.window !== ALWAYS || !coversFault(driveFault(design, plan, fault))) continue;
    const safe = await findReach(design, plan, [driveFault(design, plan, fault)], new Turns(undefined));
    expect(tileReach(design, [fault])[0]!.outputs).toEqual(safe.get(0) ?? new Set());
  }
});

test('two faults in both operands of a step that a sum only passes change it together', async () => {
  const design = designOf({ matrix: PRESETS.no_local_reuse, size: [3, 2, 3] });
  const sites = ['a', 'b'].map((line) => design.faultSites.findIndex(({ node }) => node === line));
  const faults = sites.flatMap((site) =>
    design.pes.map(({ index }) => faultOf(design, site, index, 'stuck_at_1', ALWAYS)),
  );
  const reached = new Set(tileReach(design, faults).flatMap(({ outputs }) => [...outputs]));
  expect([...reached].sort()).toEqual(await changedOutputs(design, faults));
});

test('a window that names a tile is taken in that tile, and may not begin after it', () => {
  const design = designOf();
  const site = design.faultSites.findIndex(({ node }) => node === 'a');
  const fault = (from: number) => faultOf(design, site, 0, 'flip', { from, to: from, tile: 7 });
  expect(tileReach(design, [fault(0)])[0]!.outputs).toEqual(new Set([0, 1]));
  const { spanCycles } = design.schedule;
  expect(() => tileReach(design, [fault(spanCycles)])).toThrow(
    `fault "flip bit 0 of a at (1, 1) cycles =${spanCycles} tile 7": a tile of array sample has ${spanCycles} cycles (0 to ${spanCycles - 1}), received a window that begins with cycle ${spanCycles}`,
  );
});

test('the PEs of a reach are those that the changed operand and the changed sums pass', () => {
  const design = designOf({ matrix: PRESETS.row_stationary, size: [3, 3, 3] });
  const peAt = (x: number, y: number) => design.pes.find((pe) => pe.x === x && pe.y === y)!.index;
  const pesOf = (node: string) => {
    const site = design.faultSites.findIndex((candidate) => candidate.node === node);
    return tileReach(design, [faultOf(design, site, peAt(2, -2), 'flip', ALWAYS)])[0]!.pes;
  };
  expect(pesOf('c')).toEqual(new Set([peAt(2, -2), peAt(2, -3)]));
  expect(pesOf('b')).toEqual(new Set([peAt(2, -2), peAt(2, -3), peAt(3, -2), peAt(3, -3)]));
});

test('a sum that is changed on the shadow chain is right in the PE that it comes from', () => {
  const design = designOf({ matrix: PRESETS.output_stationary, size: [4, 4, 2] });
  const peAt = (x: number, y: number) => design.pes.find((pe) => pe.x === x && pe.y === y)!.index;
  const site = design.faultSites.findIndex(({ node }) => node === 's');
  const [reach] = tileReach(design, [faultOf(design, site, peAt(2, 3), 'flip', ALWAYS)]);
  // Drained: of PEs (1, 4) and (2, 3); loaded: of PEs (3, 2) and (4, 1).
  expect(reach!.outputs).toEqual(new Set([3, 6, 9, 12]));
  expect(reach!.pes).toEqual(new Set([peAt(2, 3), peAt(3, 2), peAt(4, 1)]));
});
