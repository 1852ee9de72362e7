import { type Design, type LaneBeats, moduleNames, type StreamPort } from '../design/design.ts';
import { FAULT_KINDS } from '../fault/fault.ts';

/** The version of the manifest's layout. */
export const MANIFEST_VERSION = 1;

/**
 * Describe a design for other tools: ports, PEs, schedule, edge feeds, latency, initiation interval, fault sites.
 * Points count from 1, lanes, PE indices and cycles from 0; cycle 0 is the first beat of a tile.
 */
export function manifestOf(design: Design) {
  const { spec, schedule, lines, shadow, tokens } = design;
  return {
    manifest: MANIFEST_VERSION,
    name: design.name,
    hash: design.hash,
    tool: { name: 'espalier', version: design.toolVersion },
    modules: moduleNames(design),
    size: { n1: spec.size[0], n2: spec.size[1], n3: spec.size[2] },
    types: spec.types,
    productRegister: spec.productRegister,
    projection: {
      preset: spec.projection.preset,
      matrix: design.matrix,
      determinant: design.determinant,
      kernel: design.kernel,
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
      latencyCycles: schedule.latencyCycles,
      spanCycles: schedule.spanCycles,
      periodCycles: design.periodCycles,
      initiationIntervalCycles: schedule.initiationSteps * design.periodCycles,
      tilesPerInterval: design.periodCycles,
      utilisationBound: schedule.utilisationBound,
    },
    inputs: design.inputs.map((port, n) => portEntry(port, schedule.feeds[n]!)),
    output: portEntry(design.output, schedule.results),
    faults: {
      slots: spec.faultSlots,
      kinds: FAULT_KINDS.map((name, code) => ({ name, code })),
      nodes: design.faultSites.map(({ node, code, widthBits }) => ({ name: node, code, widthBits })),
      fieldBits: {
        pe: design.faultPort.peBits,
        node: design.faultPort.nodeBits,
        kind: 2,
        data: design.faultPort.dataBits,
      },
    },
  };
}

function portEntry(port: StreamPort, beats: readonly LaneBeats[]) {
  return {
    name: port.name,
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
