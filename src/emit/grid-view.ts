import type { Design, Network, StreamPort } from '../design/design.ts';
import { type FaultView, faultView } from './fault-view.ts';
import { gridPorts } from './grid-ports.ts';
import type { PortGroup } from './ports.ts';
import { laneOf, positionName, range } from './verilog.ts';

/** One pair of ports of a PE: where its input comes from and the wire that its output drives. */
interface ConnectionView {
  readonly port: string;
  readonly input: string;
  readonly output: string;
  readonly comma: string;
  /** The lane of the grid's port from which the input comes, or null. */
  readonly lane: string | null;
}

interface PeInstanceView {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly position: string;
  readonly connections: readonly ConnectionView[];
  readonly faultConnections: readonly { readonly port: string; readonly wire: string; readonly comma: string }[];
}

/** Last bits of the vectors that hold all PEs' or all slots' bits. */
interface FaultRanges {
  readonly lastSeen: number;
  readonly lastSeenPicked: number;
  readonly lastLate: number;
  readonly lastLatePicked: number;
}

/** What `grid.v.hbs` prints. */
interface GridView {
  readonly portGroups: readonly PortGroup[];
  readonly faults: (FaultView & FaultRanges) | null;
  readonly wires: readonly { readonly range: string; readonly name: string }[];
  readonly pes: readonly PeInstanceView[];
  readonly outputs: readonly { readonly target: string; readonly source: string; readonly lane: string | null }[];
}

/** A stream from PE to PE: a line, the shadow chain or a token beside its carrier. */
export interface Stream {
  readonly name: string;
  readonly widthBits: number;
  readonly network: Network;
}

/** List the streams of a design in the order of the PE's ports. */
export function streamsOf({ lines, tokens, shadow }: Design): Stream[] {
  const streams: Stream[] = [];
  for (const { line, network, widthBits } of Object.values(lines)) {
    if (network) streams.push({ name: line, widthBits, network });
  }
  for (const name of tokens?.names ?? []) {
    streams.push({ name, widthBits: 1, network: lines[tokens!.carrier].network! });
  }
  if (shadow) streams.push({ name: 's', widthBits: shadow.widthBits, network: shadow });
  return streams;
}

/** Lay out the grid: one instance per PE, named after its position, and the wires between them. */
export function gridView(design: Design): GridView {
  const streams = streamsOf(design);
  const positions = design.pes.map(positionName);
  const faults = faultView(design);
  const wires: { range: string; name: string }[] = [];
  for (const stream of streams) {
    for (const pe of design.pes) {
      wires.push({ range: range(stream.widthBits), name: wireName(design, stream, pe.index, positions) });
    }
  }
  const pes = design.pes.map(({ index, x, y }, n) => ({
    index,
    x,
    y,
    position: positions[n]!,
    connections: streams.map((stream, s) => ({
      port: stream.name,
      ...inputOf(design, stream, index, positions),
      output: wireName(design, stream, index, positions),
      comma: faults || s < streams.length - 1 ? ',' : '',
    })),
    faultConnections: faults ? faultConnections(faults, index, design) : [],
  }));
  const { output } = design;
  const outputStream = streams.find(({ name }) => `${name}_o` === output.name)!;
  const outputs = Array.from(output.lanePes, (pe, lane) => ({
    target: laneOf(output.name, lane, output.laneBits, output.lanes),
    source: wireName(design, outputStream, pe, positions),
    lane: laneName(output, lane),
  }));
  return {
    portGroups: gridPorts(design),
    faults: faults && { ...faults, ...faultRanges(faults, design) },
    wires,
    pes,
    outputs,
  };
}

function faultRanges({ seenBits, lateBits }: FaultView, { spec, pes }: Design): FaultRanges {
  return {
    lastSeen: pes.length * seenBits - 1,
    lastSeenPicked: spec.faultSlots * seenBits - 1,
    lastLate: pes.length * lateBits - 1,
    lastLatePicked: spec.faultSlots * lateBits - 1,
  };
}

/** What the fault ports of a PE are connected to, in their order. */
function faultConnections({ seenBits, lateBits, nodes }: FaultView, index: number, { spec, pes }: Design) {
  const own = (vector: string, bits: number) =>
    pes.length === 1 ? vector : `${vector}[${(index + 1) * bits - 1}:${index * bits}]`;
  const plane = (late: boolean, connections: readonly (readonly [string, string])[]) =>
    nodes.some((node) => node.late === late) ? connections : [];
  const connections = [
    ['fault_hit_i', own('fault_hit', spec.faultSlots)] as const,
    ['fault_node_i', 'fault_node'] as const,
    ...plane(false, [
      ['fault_keep_i', 'fault_keep'],
      ['fault_toggle_i', 'fault_toggle'],
      ['fault_seen_o', own('fault_seen', seenBits)],
    ]),
    ...plane(true, [
      ['fault_late_keep_i', 'fault_late_keep'],
      ['fault_late_toggle_i', 'fault_late_toggle'],
      ['fault_late_o', own('fault_late', lateBits)],
    ]),
  ];
  return connections.map(([port, wire], n) => ({ port, wire, comma: n < connections.length - 1 ? ',' : '' }));
}

function inputOf(design: Design, stream: Stream, pe: number, positions: readonly string[]) {
  const upstream = stream.network.upstream[pe]!;
  if (upstream !== -1) return { input: `${stream.name}_${positions[upstream]}`, lane: null };
  const port = design.inputs.find(({ name }) => name === `${stream.name}_i`)!;
  const lane = stream.network.entryLane[pe]!;
  return { input: laneOf(port.name, lane, port.laneBits, port.lanes), lane: laneName(port, lane) };
}

/** Say which lane of a port a select picks; null where the port has but one. */
function laneName({ name, lanes }: StreamPort, lane: number): string | null {
  return lanes === 1 ? null : `lane ${lane} of ${name}`;
}

/** Name the wire that a PE's output drives; one that nothing reads says so. */
function wireName(design: Design, stream: Stream, pe: number, positions: readonly string[]): string {
  const leaves = stream.network.downstream[pe] === -1;
  const isResult = design.output.name === `${stream.name}_o`;
  return `${stream.name}_${positions[pe]}${leaves && !isResult ? '_unused' : ''}`;
}
