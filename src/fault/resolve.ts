import type { Design, FaultSite } from '../design/design.ts';
import { FaultError } from '../errors.ts';
import type { FaultDrive } from '../schedule/beats.ts';
import type { JobPlan } from '../schedule/plan.ts';
import { formatFault } from '../spec/format.ts';
import { FAULT_KINDS, type Fault, type FaultSpec } from './fault.ts';

/**
 * Place a fault in a design: find its PE, check its node and bits, count the bits from the least significant.
 * @throws {FaultError} for a PE outside the array, a node the array lacks, or a bit outside the node.
 */
export function resolveFault(design: Design, spec: FaultSpec): Fault {
  const what = `fault "${spec.name ?? formatFault(spec)}"`;
  const pe = design.pes.find(({ x, y }) => x === spec.pe.x && y === spec.pe.y);
  if (!pe) {
    throw new FaultError(
      `${what}: array ${design.name} has PEs ${describeExtent(design)}, received (${spec.pe.x}, ${spec.pe.y})`,
    );
  }
  const site = design.faultSites.find(({ node }) => node === spec.node);
  if (!site) throw new FaultError(`${what}: array ${design.name} has no node ${spec.node}: ${whyAbsent(design, spec)}`);
  const mask = maskOf(spec, site, what);
  const value = spec.value === null ? 0n : orderBits(spec.value, spec.bits.msb, site.widthBits) & mask;
  return { spec, kind: spec.kind, node: spec.node, peIndex: pe.index, mask, value, window: spec.window };
}

/**
 * Turn a fault's window into cycles of a job. A window that names a tile counts from that tile's first beat and ends
 * with its last.
 * @throws {FaultError} when the job has no such tile.
 */
export function driveFault(design: Design, plan: JobPlan, fault: Fault): FaultDrive {
  const { from, to, tile } = fault.window;
  let offset = 0;
  let end = Number.POSITIVE_INFINITY;
  if (tile !== null) {
    const planned = plan.tiles[tile];
    if (!planned) {
      throw new FaultError(
        `fault "${fault.spec.name ?? formatFault(fault.spec)}": the job has tiles 0 to ${plan.tiles.length - 1}, received tile ${tile}`,
      );
    }
    offset = planned.startCycle;
    end = offset + design.schedule.spanCycles - 1;
  }
  return {
    peIndex: fault.peIndex,
    nodeCode: design.faultSites.find(({ node }) => node === fault.node)!.code,
    kindCode: FAULT_KINDS.indexOf(fault.kind),
    mask: fault.mask,
    value: fault.value,
    firstCycle: offset + from,
    lastCycle: Math.min(offset + to, end),
  };
}

/** Express a fault as (v AND keep) XOR toggle on the bits of its node. */
export function faultMasks({ kindCode, mask, value }: FaultDrive): { readonly keep: bigint; readonly toggle: bigint } {
  const keep = FAULT_KINDS[kindCode] === 'flip' ? -1n : ~mask;
  switch (FAULT_KINDS[kindCode]) {
    case 'stuck_at_0':
      return { keep, toggle: 0n };
    case 'set':
      return { keep, toggle: value & mask };
    default:
      return { keep, toggle: mask };
  }
}

function maskOf({ bits, node }: FaultSpec, { widthBits }: FaultSite, what: string): bigint {
  if (bits.form === 'index') {
    if (bits.index >= widthBits) {
      throw new FaultError(`${what}: node ${node} has bits 0 to ${widthBits - 1}, received bit ${bits.index}`);
    }
    return orderBits(1n << BigInt(bits.index), bits.msb, widthBits);
  }
  if (bits.mask >> BigInt(widthBits) !== 0n) {
    throw new FaultError(`${what}: node ${node} is ${widthBits} bits wide, received mask 0x${bits.mask.toString(16)}`);
  }
  return orderBits(bits.mask, bits.msb, widthBits);
}

/** Turn a mask that counts from the most significant bit into one that counts from the least significant. */
function orderBits(mask: bigint, msb: 'first' | 'last', widthBits: number): bigint {
  if (msb === 'last') return mask;
  const digits = mask.toString(2).padStart(widthBits, '0');
  return BigInt(`0b${[...digits].reverse().join('')}`);
}

function describeExtent({ pes }: Design): string {
  const xs = pes.map(({ x }) => x);
  const ys = pes.map(({ y }) => y);
  const range = (values: number[]) =>
    `${values.reduce((a, b) => Math.min(a, b))} … ${values.reduce((a, b) => Math.max(a, b))}`;
  return `with x in ${range(xs)} and y in ${range(ys)} (${pes.length} in all)`;
}

function whyAbsent(design: Design, { node }: FaultSpec): string {
  if (node === 'p') return 'it has no product register';
  if (node === 'a_out' || node === 'b_out') return `line ${node[0]} is stationary and forwards nothing`;
  if (design.stationary === null) return 'no line is stationary, so there are no control tokens';
  return `line ${design.stationary} is loaded by the token first alone`;
}
