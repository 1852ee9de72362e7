import type { Design, FaultSite } from '../design/design.ts';
import { FaultError } from '../errors.ts';
import type { FaultDrive } from '../schedule/beats.ts';
import type { JobPlan } from '../schedule/plan.ts';
import { formatFault } from '../spec/format.ts';
import { absentNodeProblem } from '../spec/node-rules.ts';
import { list } from '../spec/suggest.ts';
import { hex } from '../spec/wording.ts';
import { FAULT_KINDS, type Fault, type FaultNode, type FaultSpec } from './fault.ts';
import { faultProblems, selectedBits } from './fault-rules.ts';
import { describeMissingPe } from './missing-pe.ts';

/**
 * Place a fault in a design: find its PE, check its node and bits, count the bits from the least significant.
 * @throws {FaultError} with every reason why no array can have the fault, such as an unknown kind or an empty window;
 * else with every reason why this one cannot: a PE outside the array, a node that it lacks, or a bit outside the node.
 */
export function resolveFault(design: Design, spec: FaultSpec): Fault {
  refuse(spec, faultProblems(spec));
  const pe = design.pes.find(({ x, y }) => x === spec.pe.x && y === spec.pe.y);
  const site = design.faultSites.find(({ node }) => node === spec.node);
  const problems: string[] = [];
  if (!pe) problems.push(describeMissingPe(design, spec.pe));
  if (!site) problems.push(absentSiteProblem(design, spec.node));
  else problems.push(...bitsOutside(spec, site));
  refuse(spec, problems);
  const { widthBits } = site!;
  const { msb } = spec.bits;
  const mask = orderBits(selectedBits(spec.bits), msb, widthBits);
  const value = spec.value === null ? 0n : orderBits(spec.value, msb, widthBits);
  return { spec, kind: spec.kind, node: spec.node, peIndex: pe!.index, mask, value, window: spec.window };
}

/**
 * Turn a fault's window into cycles of a job. A window that names a tile counts from that tile's first beat and ends
 * with its last.
 * @throws {FaultError} when the job has no such tile, or the window begins after the tile's last cycle.
 */
export function driveFault(design: Design, plan: JobPlan, fault: Fault): FaultDrive {
  const { from, to, tile } = fault.window;
  let offset = 0;
  let end = Number.POSITIVE_INFINITY;
  if (tile !== null) {
    const planned = plan.tiles[tile];
    if (!planned) refuse(fault.spec, [`the job has tiles 0 to ${plan.tiles.length - 1}, received tile ${tile}`]);
    offset = planned!.startCycle;
    end = offset + design.schedule.spanCycles - 1;
    if (offset + from > end) refuse(fault.spec, [windowAfterTile(design, from)]);
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

function refuse(spec: FaultSpec, problems: readonly string[]): void {
  if (problems.length > 0) throw new FaultError(`fault "${spec.name ?? formatFault(spec)}": ${problems.join('; ')}`);
}

function bitsOutside({ bits, node }: FaultSpec, { widthBits }: FaultSite): string[] {
  if (bits.form === 'index') {
    if (bits.index < widthBits) return [];
    const own = widthBits === 1 ? 'bit 0 only' : `bits 0 to ${widthBits - 1}`;
    return [`node ${node} has ${own}, received bit ${bits.index}`];
  }
  if (bits.mask >> BigInt(widthBits) === 0n) return [];
  return [`node ${node} is ${widthBits} bits wide, received mask ${hex(bits.mask)}`];
}

/** Turn a mask that counts from the most significant bit into one that counts from the least significant. */
function orderBits(mask: bigint, msb: 'first' | 'last', widthBits: number): bigint {
  if (msb === 'last') return mask;
  const digits = mask.toString(2).padStart(widthBits, '0');
  return BigInt(`0b${[...digits].reverse().join('')}`);
}

function windowAfterTile({ name, schedule }: Design, from: number): string {
  const { spanCycles } = schedule;
  const cycles = spanCycles === 1 ? '1 cycle (0)' : `${spanCycles} cycles (0 to ${spanCycles - 1})`;
  return `a tile of array ${name} has ${cycles}, received a window that begins with cycle ${from}`;
}

/** Say why faults cannot act at a node of a design: it lacks the node, or leaves it out of its fault nodes. */
export function absentSiteProblem({ name, matrix, spec }: Design, node: FaultNode): string {
  return (
    absentNodeProblem(name, node, { matrix, multiplierStages: spec.multiplierStages }) ??
    `array ${name} takes no faults at node ${node}: its fault_nodes are ${list(spec.faultNodes!, 'and')}`
  );
}
