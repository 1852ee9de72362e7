import type { Design } from '../design/design.ts';
import { formatMatrix } from '../projection/space-time.ts';
import { formulasOf } from './formulas.ts';

/** What the views of all modules share. */
export function commonView(design: Design) {
  const { spec, name, hash, toolVersion, matrix, determinant, sumLagCycles, pes, faultPort } = design;
  const [n1, n2, n3] = spec.size;
  const slots = spec.faultSlots;
  return {
    name,
    hash,
    toolVersion,
    n1,
    n2,
    n3,
    typeA: spec.types.a,
    typeB: spec.types.b,
    typeC: spec.types.c,
    matrix: formatMatrix(matrix),
    determinant,
    formulas: formulasOf(design),
    sumLagCycles,
    peCount: pes.length,
    faultSlots: slots,
    lastSlot: slots - 1,
    lastHit: slots * pes.length - 1,
    lastFaultData: slots * faultPort.dataBits - 1,
    lastFaultPe: slots * faultPort.peBits - 1,
    zeroFired: `${slots}'d0`,
    zeroFaultData: `${slots * faultPort.dataBits}'d0`,
    zeroWord: `${faultPort.dataBits}'d0`,
    peBits: faultPort.peBits,
    nodeBits: faultPort.nodeBits,
    dataBits: faultPort.dataBits,
  };
}
