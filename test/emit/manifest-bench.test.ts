import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionalBackend } from '../../src/backend/functional.ts';
import type { Design } from '../../src/design/design.ts';
import type { Dtype } from '../../src/dtype/dtype.ts';
import { emitDesign } from '../../src/emit/emit-design.ts';
import { writeFiles } from '../../src/emit/write-files.ts';
import type { FaultKind, FaultNode } from '../../src/fault/fault.ts';
import { resolveFault } from '../../src/fault/resolve.ts';
import { PRESETS } from '../../src/projection/space-time.ts';
import { type Tensor, tensor } from '../../src/tensor/tensor.ts';
import { designOf, MATRICES } from '../design/support/arrays.ts';
import {
  type BenchFault,
  type BenchOptions,
  type BenchTile,
  type Manifest,
  type Matrix,
  nextStart,
  printBench,
  productOf,
} from './support/manifest-bench.ts';
import { installed, run } from './support/tools.ts';

interface Case {
  readonly design: Design;
  /** A fault at the PE in the middle, in the last slot. */
  readonly fault: Pick<BenchFault, 'node' | 'kind' | 'mask' | 'value' | 'first' | 'last'>;
}

const CASES: Readonly<Record<string, Case>> = {
  'output stationary, with product register': {
    design: designOf({ multiplierStages: 1, types: { a: 'int8', b: 'uint8', c: 'int32' } }),
    fault: { node: 'p', kind: 'stuck_at_1', mask: 0x4012n, value: 0n, first: 0, last: 99 },
  },
  'row stationary': {
    design: designOf({ name: 'rows', matrix: PRESETS.row_stationary, faultSlots: 1 }),
    fault: { node: 'b_out', kind: 'flip', mask: 0x81n, value: 0n, first: 2, last: 6 },
  },
  'column stationary, with product register': {
    design: designOf({ name: 'columns', matrix: PRESETS.col_stationary, multiplierStages: 1 }),
    fault: { node: 'c_in', kind: 'set', mask: 0xff00n, value: 0x5a00n, first: 0, last: 7 },
  },
  'hexagonal, three phases': {
    design: designOf({ name: 'hex', matrix: PRESETS.no_local_reuse, size: [3, 3, 2], faultSlots: 2 }),
    fault: { node: 'c', kind: 'stuck_at_0', mask: 0xffn, value: 0n, first: 0, last: 99 },
  },
  'links of one to three registers': {
    design: designOf({ name: 'slow', matrix: MATRICES['links of one to three registers']!, faultSlots: 2 }),
    fault: { node: 'last', kind: 'stuck_at_0', mask: 1n, value: 0n, first: 0, last: 99 },
  },
  'slow stationary a, 64 bits': {
    design: designOf({
      name: 'wide',
      matrix: MATRICES['slow stationary a']!,
      types: { a: 'int64', b: 'int32', c: 'int64' },
    }),
    fault: { node: 'a', kind: 'set', mask: 0xffff_0000_0000_0000n, value: 0x1234n << 48n, first: 1, last: 99 },
  },
};

const ARCHITECTURES = ['grid', 'rolled'] as const;

describe.skipIf(!installed('iverilog'))(
  'a bench printed from the manifest alone, in Icarus (skipped where iverilog is absent)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'espalier-bench-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    describe.each(Object.entries(CASES))('%s', (_, { design, fault }) => {
      const directory = join(folder, design.name);
      let manifest: Manifest;
      beforeAll(async () => {
        await writeFiles(directory, emitDesign(design));
        manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'));
      });

      describe.each(ARCHITECTURES)('%s', (architecture) => {
        it('finds the results of tiles at the initiation interval, and of one that takes sums back', () => {
          const tiles = busyTiles(manifest, 1);
          expect(simulate(directory, manifest, architecture, { tiles })).toEqual(['errors 0, fired 0']);
        });

        it('finds the results of sums that come back as early as they can, and notices when it is earlier', () => {
          const { returnGapCycles } = manifest.schedule;
          const [first, second] = busyTiles(manifest, 5) as [BenchTile, BenchTile];
          const errors = (start: number) =>
            simulate(directory, manifest, architecture, { tiles: [first, { ...second, start, c: { resultsOf: 0 } }] });
          expect(errors(nextStart(manifest, [0], returnGapCycles))).toEqual(['errors 0, fired 0']);
          expect(errors(returnGapCycles - 1).at(-1)).not.toBe('errors 0, fired 0');
        });

        it('sees a fault as the functional simulator does', async () => {
          const [tile] = busyTiles(manifest, 2) as [BenchTile];
          const { x, y } = manifest.pes[manifest.pes.length >> 1]!;
          const placed = { ...fault, slot: manifest.faults.slots - 1, x, y };
          const { result, fired } = await functional(design, tile, placed);
          expect(result).not.toEqual(productOf(manifest, [tile], 0));
          const tiles = [{ ...tile, expected: result }];
          expect(simulate(directory, manifest, architecture, { tiles, fault: placed })).toEqual([
            `errors 0, fired ${fired}`,
          ]);
        });

        it.each(['late sample', 'busy idle lanes'] as const)('notices a run against the contract: %s', (defect) => {
          const tiles = busyTiles(manifest, 3);
          expect(simulate(directory, manifest, architecture, { tiles, defect }).at(-1)).not.toBe('errors 0, fired 0');
        });

        it('notices tiles at a distance that the manifest forbids', () => {
          const [first, second] = busyTiles(manifest, 4) as [BenchTile, BenchTile];
          const { conflictSteps, periodCycles } = manifest.schedule;
          const tiles = [first, { ...second, start: conflictSteps[0]! * periodCycles }];
          expect(simulate(directory, manifest, architecture, { tiles }).at(-1)).not.toBe('errors 0, fired 0');
        });
      });
    });
  },
);

/** Tiles in all phases of two initiation intervals, then one that takes the results of the first as its C. */
function busyTiles(manifest: Manifest, seed: number): BenchTile[] {
  const { initiationIntervalCycles, tilesPerInterval, returnGapCycles } = manifest.schedule;
  const { n1, n2, n3 } = manifest.size;
  const random = randomMatrices(manifest, seed);
  const tile = (start: number) => ({ start, a: random('a', n1, n3), b: random('b', n3, n2), c: random('c', n1, n2) });
  const starts = [0, initiationIntervalCycles].flatMap((start) =>
    Array.from({ length: tilesPerInterval }, (_, phase) => start + phase),
  );
  const back = { ...tile(nextStart(manifest, starts, returnGapCycles)), c: { resultsOf: 0 } };
  return [...starts.map(tile), back];
}

/** Draw matrices of a line's dtype; the same seed gives the same ones. */
function randomMatrices(manifest: Manifest, seed: number) {
  let state = BigInt(seed) * 0x9e37_79b9_7f4a_7c15n;
  const draw = (line: string): bigint => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    const bits = BigInt.asUintN(64, (state ^ (state >> 29n)) * 0xbf58_476d_1ce4_e5b9n) ^ (state >> 33n);
    const { widthBits, signed } = manifest.lines[line]!;
    return signed ? BigInt.asIntN(widthBits, bits) : BigInt.asUintN(widthBits, bits);
  };
  return (line: string, rows: number, columns: number): Matrix =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => draw(line)));
}

function simulate(
  directory: string,
  { modules, ...rest }: Manifest,
  architecture: (typeof ARCHITECTURES)[number],
  options: Omit<BenchOptions, 'top'>,
): string[] {
  const top = modules[architecture];
  const file = architecture === 'grid' ? `${top}.v` : `sim/${top}.v`;
  writeFileSync(join(directory, 'bench.v'), printBench({ modules, ...rest }, { ...options, top }));
  expect(run('iverilog', ['-g2005', '-y', '.', '-o', 'bench.vvp', 'bench.v', file], directory)).toBe('');
  expect(run('vvp', ['-n', '-l', 'bench.log', 'bench.vvp'], directory)).toBe('');
  return readFileSync(join(directory, 'bench.log'), 'utf8').trim().split('\n');
}

/** Run a tile with a fault on the functional simulator. */
async function functional(design: Design, { a, b, c }: BenchTile, fault: BenchFault) {
  const { types } = design.spec;
  const resolved = resolveFault(design, {
    name: null,
    kind: fault.kind as FaultKind,
    node: fault.node as FaultNode,
    pe: { x: fault.x, y: fault.y },
    bits: { form: 'mask', mask: fault.mask, msb: 'last' },
    value: fault.kind === 'set' ? fault.value : null,
    window: { from: fault.first, to: fault.last, tile: null },
  });
  const job = { a: tensorOf(types.a, a), b: tensorOf(types.b, b), c: tensorOf(types.c, c as Matrix) };
  const { result, faults } = await functionalBackend(design).matmul(job, { faults: [resolved] });
  const columns = result.shape[1]!;
  const rows = (c as Matrix).map((_, i) => Array.from(result.data.slice(i * columns, (i + 1) * columns), BigInt));
  return { result: rows, fired: faults[0]!.firedCycles };
}

function tensorOf(type: Dtype, rows: Matrix): Tensor {
  const filled = tensor(type, [rows.length, rows[0]!.length]);
  rows.flat().forEach((value, at) => {
    filled.data[at] = type === 'int64' ? value : Number(value);
  });
  return filled;
}
