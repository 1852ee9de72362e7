import type { Design } from '../design/design.ts';
import { type Dtype, dtypeInfo } from '../dtype/dtype.ts';
import { elementStore } from '../dtype/element-store.ts';
import type { FaultSpec } from '../fault/fault.ts';
import { planJob } from '../schedule/plan.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import type { CheckCase } from './check-case.ts';
import { elementDraw } from './draw-element.ts';
import { drawFault } from './draw-fault.ts';
import { type Random, trialRandom } from './random.ts';

/** The most faults that act at once in a trial; now and then as many as the array has slots, if that is more. */
export const MAX_FAULTS = 3;

/**
 * Draw a trial: sizes from 1 to several tiles, operands with edge values, a random C or none, up to three faults.
 * A pure function of design, seed and trial number.
 */
export function drawTrial(design: Design, seed: number, trial: number): CheckCase {
  const random = trialRandom(seed, trial);
  const { size, types } = design.spec;
  const m = drawSide(random, size[0]);
  const n = drawSide(random, size[1]);
  const k = drawSide(random, size[2]);
  const a = drawMatrix(random, types.a, m, k);
  const b = drawMatrix(random, types.b, k, n);
  const c = random.chance(1, 3) ? tensor(types.c, [m, n]) : drawMatrix(random, types.c, m, n);
  const plan = planJob(design, m, k, n);
  const faults: FaultSpec[] = [];
  const most = random.chance(1, 20) ? Math.max(MAX_FAULTS, design.spec.faultSlots) : MAX_FAULTS;
  for (let count = random.int(0, most); count > 0; count--) {
    faults.push(drawFault(random, design, plan, faults.at(-1)));
  }
  return { a, b, c, faults };
}

/** Jobs of a large array may overhang it by this much at most: more tiles there only cost time. */
const MAX_OVERHANG = 12;

function drawSide(random: Random, side: number): number {
  const overhang = Math.min(2 * side, MAX_OVERHANG);
  return random.chance(2, 5) ? side + random.int(1, overhang) : random.chance(1, 4) ? side : random.int(1, side);
}

const STYLES = ['any', 'edges', 'mixed', 'sparse', 'units'] as const;

export function drawMatrix(random: Random, type: Dtype, rows: number, columns: number): Tensor {
  const matrix = tensor(type, [rows, columns]);
  const { write } = elementStore(type);
  const draw = elementDraw(type);
  const style = random.pick(STYLES);
  for (let n = 0; n < matrix.data.length; n++) {
    if (style === 'sparse' && random.chance(3, 4)) continue;
    if (style === 'units') {
      write(matrix.data, n, unit(random, type));
      continue;
    }
    const edge = style === 'edges' || (style === 'mixed' && random.chance(1, 2));
    write(matrix.data, n, edge ? draw.edge(random) : draw.any(random));
  }
  return matrix;
}

/** Zero or one, in floating point of either sign: products of them show the sign of every zero. */
function unit(random: Random, type: Dtype): number {
  return dtypeInfo(type).kind === 'float' ? random.pick([0, -0, 1, -1]) : random.int(0, 1);
}
