import { type Design, type LaneBeats, type LineDesign, moduleNames, type StreamPort } from '../design/design.ts';
import { FAULT_KINDS, type FaultKind, type FaultNode } from '../fault/fault.ts';
import { operandOf } from '../schedule/beat-table.ts';
import { returnCycles } from '../schedule/plan.ts';
import { hasRolledForm } from './forms.ts';
import { formulasOf } from './formulas.ts';
import { describeInput, faultPorts } from './grid-ports.ts';
import { CONTROL } from './ports.ts';

/** The version of the manifest's layout. */
const MANIFEST_VERSION = 1;

/**
 * Describe a design for those who have its Verilog and not this tool: ports, what they carry and when, PEs, schedule,
 * fault slots. Points count from 1, lanes, PE indices and cycles from 0. `docs/manifest.md` explains every field.
 */
export function manifestOf(design: Design) {
  const { spec, schedule, lines, shadow, tokens } = design;
  const { grid, pe, rolled } = moduleNames(design);
  return {
    manifest: MANIFEST_VERSION,
    name: design.name,
    hash: design.hash,
    tool: { name: 'espalier', version: design.toolVersion },
    modules: { grid, pe, rolled: hasRolledForm(design) ? rolled : null },
    size: { n1: spec.size[0], n2: spec.size[1], n3: spec.size[2] },
    types: spec.types,
    multiplierStages: spec.multiplierStages,
    adderStages: spec.adderStages,
    operators: {
      multiplier: spec.operators.multiplier?.name ?? null,
      adder: spec.operators.adder?.name ?? null,
    },
    projection: { matrix: design.matrix, determinant: design.determinant, kernel: design.kernel },
    contract: contractOf(design),
    control: {
      clock: { name: CONTROL.clock, edge: 'rising' },
      reset: { name: CONTROL.reset, active: 1, does: 'clears every register at a clock edge, whatever enable is' },
      enable: {
        name: CONTROL.enable,
        active: 1,
        does: 'at 0 every register keeps its value: the cycle does not count',
      },
    },
    pes: design.pes.map(({ index, x, y }) => ({ index, x, y })),
    lines: Object.fromEntries(
      Object.values(lines).map(({ line, stationary, delayCycles, widthBits, signed, network }) => [
        line,
        { stationary, flow: network?.flow ?? [0, 0], delayCycles, widthBits, signed },
      ]),
    ),
    shadowChain: shadow && {
      loads: design.stationary,
      drains: shadow.drains,
      flow: shadow.flow,
      delayCycles: shadow.delayCycles,
    },
    tokens,
    schedule: {
      originTime: schedule.originTime,
      planeLagCycles: design.planeLagCycles,
      sumLagCycles: design.sumLagCycles,
      latencyCycles: schedule.latencyCycles,
      spanCycles: schedule.spanCycles,
      periodCycles: design.periodCycles,
      conflictSteps: schedule.conflictSteps,
      initiationIntervalCycles: schedule.initiationSteps * design.periodCycles,
      tilesPerInterval: design.periodCycles,
      returnGapCycles: returnCycles(design),
      utilisationBound: schedule.utilisationBound,
    },
    inputs: design.inputs.map((port, n) => ({
      name: port.name,
      carries: carriedBy(design, port.name),
      role: describeInput(design, port.name),
      ...portEntry(port, schedule.feeds[n]!),
    })),
    returnPort: design.inputs[design.returnPort]!.name,
    output: {
      name: design.output.name,
      carries: 'R(i,j)',
      role: 'results',
      ...portEntry(design.output, schedule.results),
    },
    faultPorts: faultPorts(design).map(({ carries, ...port }) => ({
      ...port,
      widthBits: spec.faultSlots * port.fieldBits,
      carries,
    })),
    faults: {
      slots: spec.faultSlots,
      packing: 'slot s of a port is its bits (s+1)*fieldBits-1 down to s*fieldBits',
      order: 'all slots act at once; on one node the slots act one after the other, slot 0 first',
      kinds: FAULT_KINDS.map((name, code) => ({ name, code, becomes: KIND_EFFECTS[name] })),
      nodes: design.faultSites.map(({ node, code, widthBits }) => ({
        name: node,
        code,
        widthBits,
        where: NODE_PLACES[node],
      })),
    },
  };
}

/** Put what one must keep to, and can rely on, into words and formulas. */
function contractOf(design: Design) {
  const { spec, lines, sumLagCycles } = design;
  const [n1, n2, n3] = spec.size;
  const { x, y, cycle, cycleOfSum } = formulasOf(design);
  return {
    computes: `R = A*B + C, A ${n1}x${n3}, B ${n3}x${n2}, C and R ${n1}x${n2}; ${roundingOf(lines.c)}`,
    step: `(i, j, k) stands for c(i,j) += A(i,k)*B(k,j), 1 <= i <= ${n1}, 1 <= j <= ${n2}, 1 <= k <= ${n3}`,
    x,
    y,
    cycle,
    cycleOfSum,
    means: `step (i, j, k) runs in PE (x, y); its registers a and b take their values at the clock edge that ends cycle, its register c ${sumLagCycles === 1 ? 'one cycle' : `${sumLagCycles} cycles`} later, at the one that ends cycleOfSum`,
    reset: 'reset is 1 for one clock edge before cycle 0',
    cycles:
      'a cycle ends with a rising clock edge at which enable is 1; cycle n of a tile that starts in cycle s is cycle s + n',
    lanes:
      "lane n of a port is its bits (n+1)*laneBits-1 down to n*laneBits: two's complement where signed, IEEE bits in floating point",
    beats:
      'for n = 0 to count-1 the lane carries what carries says at the point (i, j, k) = point + n*step, in cycle + n*cycleStep of the tile',
    idle: 'a lane without a beat carries 0, tokens too',
    sample: 'a result is the value on the output before the clock edge that ends its cycle',
    tiles:
      'a tile may start d cycles after another for every d >= 1 but n*periodCycles with n in conflictSteps; starts at all multiples of initiationIntervalCycles, each with tilesPerInterval-1 more in the cycles after it, are always free',
    returns:
      'R of a tile can enter as C of a tile that starts returnGapCycles or more later: every R(i,j) is then sampled at least one cycle before returnPort takes it as C(i,j)',
  };
}

function roundingOf({ float, widthBits }: LineDesign): string {
  if (!float) return `sums are taken modulo 2^${widthBits}`;
  return 'product and sum are rounded one after the other, to nearest, ties to even (IEEE 754); every NaN is the quiet one with sign 0';
}

/** The element that a port carries at a point (i, j, k). */
function carriedBy(design: Design, port: string): string {
  return { a: 'A(i,k)', b: 'B(k,j)', c: 'C(i,j)', token: '1' }[operandOf(design, port)];
}

const KIND_EFFECTS: Readonly<Record<FaultKind, string>> = {
  stuck_at_0: 'v & ~mask',
  stuck_at_1: 'v | mask',
  flip: 'v ^ mask',
  set: '(v & ~mask) | (value & mask)',
};

const NODE_PLACES: Readonly<Record<FaultNode, string>> = {
  a: 'what register a takes',
  b: 'what register b takes',
  c: 'what register c takes',
  p: 'what the product register takes',
  a_out: 'what line a forwards; the own product is spared',
  b_out: 'what line b forwards; the own product is spared',
  c_in: 'the sum at the input of the adder',
  first: 'what the register of token first takes',
  last: 'what the register of token last takes',
  s: 'what the register of the shadow chain takes',
};

function portEntry(port: StreamPort, beats: readonly LaneBeats[]) {
  return {
    lanes: port.lanes,
    laneBits: port.laneBits,
    lanePes: Array.from(port.lanePes),
    beats: beats.map(({ lane, point, step, count, cycle, cycleStep }) => ({
      lane,
      point,
      step,
      count,
      cycle,
      cycleStep,
    })),
  };
}
