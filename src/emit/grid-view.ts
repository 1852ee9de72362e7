import type { Design, Network, StreamPort } from '../design/design.ts';
import { type FaultView, faultView } from './fault-view.ts';
import { gridPorts } from './grid-ports.ts';
import type { PortGroup } from './ports.ts';
import { laneOf, literal, positionName, range, resize } from './verilog.ts';

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

/** A node of all PEs, as the grid picks those that slots address. */
interface ShownNodeView {
  readonly code: string;
  readonly range: string;
  /** For each PE its index and what it shows, at the width of the fault port. */
  readonly pes: readonly { readonly index: string; readonly name: string; readonly word: string }[];
}

interface GridFaultView extends FaultView {
  readonly now: readonly ShownNodeView[];
  readonly late: readonly ShownNodeView[];
}

/** What `grid.v.hbs` prints. */
interface GridView {
  readonly portGroups: readonly PortGroup[];
  readonly faults: GridFaultView | null;
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
    faultConnections: faults ? faultConnections(faults, index, positions[n]!, design) : [],
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
    faults: faults && shownNodes(faults, design, positions),
    wires,
    pes,
    outputs,
  };
}

function shownNodes(faults: FaultView, { pes, faultPort }: Design, positions: readonly string[]): GridFaultView {
  const { dataBits, peBits } = faultPort;
  const [now, late] = [false, true].map((late) =>
    faults.nodes
      .filter((node) => node.late === late)
      .map(({ code, widthBits, shown }) => ({
        code,
        range: range(widthBits),
        pes: pes.map(({ index }, n) => {
          const name = `${shown}_${positions[n]}`;
          return { index: literal(peBits, index), name, word: resize(name, widthBits, dataBits, false) };
        }),
      })),
  );
  return { ...faults, now: now!, late: late! };
}

/** What the fault ports of a PE are connected to, in their order. */
function faultConnections({ hasNow, hasLate, nodes }: FaultView, index: number, position: string, design: Design) {
  const slots = design.spec.faultSlots;
  const hits = design.pes.length === 1 ? '' : `[${(index + 1) * slots - 1}:${index * slots}]`;
  const pair = (name: string) => [`${name}_keep`, `${name}_toggle`].map((wire) => [`${wire}_i`, wire] as const);
  const connections = [
    ['fault_hit_i', `fault_hit${hits}`] as const,
    ['fault_node_i', 'fault_node'] as const,
    ...(hasNow ? pair('fault') : []),
    ...(hasLate ? pair('fault_late') : []),
    ...nodes.map(({ shown }) => [`${shown}_o`, `${shown}_${position}`] as const),
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
