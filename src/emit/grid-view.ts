import type { Design, Network } from '../design/design.ts';
import { cycles, type PortGroup, type PortView } from './pe-view.ts';
import { laneOf, positionName, range } from './verilog.ts';

/** One pair of ports of a PE: where its input comes from and the wire that its output drives. */
export interface ConnectionView {
  readonly port: string;
  readonly input: string;
  readonly output: string;
  readonly comma: string;
  readonly comment: string | null;
}

export interface PeInstanceView {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly position: string;
  readonly connections: readonly ConnectionView[];
  readonly hitRange: string;
}

/** What `grid.v.hbs` prints. */
export interface GridView {
  readonly portGroups: readonly PortGroup[];
  readonly wires: readonly { readonly range: string; readonly name: string }[];
  readonly pes: readonly PeInstanceView[];
  readonly outputs: readonly { readonly target: string; readonly source: string }[];
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
  const { faultSlots } = design.spec;
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
      input: inputOf(design, stream, index, positions),
      output: wireName(design, stream, index, positions),
      comma: faultSlots > 0 || s < streams.length - 1 ? ',' : '',
      comment: null,
    })),
    hitRange: design.pes.length === 1 ? '' : `[${(index + 1) * faultSlots - 1}:${index * faultSlots}]`,
  }));
  const { output } = design;
  const outputStream = streams.find(({ name }) => `${name}_o` === output.name)!;
  const outputs = Array.from(output.lanePes, (pe, lane) => ({
    target: laneOf(output.name, lane, output.laneBits, output.lanes),
    source: wireName(design, outputStream, pe, positions),
  }));
  return { portGroups: gridPorts(design), wires, pes, outputs };
}

function inputOf(design: Design, stream: Stream, pe: number, positions: readonly string[]): string {
  const upstream = stream.network.upstream[pe]!;
  if (upstream !== -1) return `${stream.name}_${positions[upstream]}`;
  const port = design.inputs.find(({ name }) => name === `${stream.name}_i`)!;
  return laneOf(port.name, stream.network.entryLane[pe]!, port.laneBits, port.lanes);
}

/** Name the wire that a PE's output drives; one that nothing reads says so. */
function wireName(design: Design, stream: Stream, pe: number, positions: readonly string[]): string {
  const leaves = stream.network.downstream[pe] === -1;
  const isResult = design.output.name === `${stream.name}_o`;
  return `${stream.name}_${positions[pe]}${leaves && !isResult ? '_unused' : ''}`;
}

/** The ports of the grid, in groups: the same for every architecture of it. */
export function gridPorts(design: Design): PortGroup[] {
  const { inputs, output, spec, faultPort, pes } = design;
  const groups: PortGroup[] = [
    {
      comment: 'clock, synchronous reset, clock enable',
      ports: ['clk_i', 'rst_i', 'en_i'].map((name) => ({ direction: 'input ' as const, range: '', name })),
    },
  ];
  for (const port of inputs) {
    groups.push({
      comment: `${describeInput(design, port.name)}: ${port.lanes} lanes of ${bits(port.laneBits)}, for PEs ${listPes(design, port.lanePes)}`,
      ports: [{ direction: 'input ', range: vector(port.lanes * port.laneBits), name: port.name }],
    });
  }
  groups.push({
    comment: `results R: ${output.lanes} lanes of ${bits(output.laneBits)}, from PEs ${listPes(design, output.lanePes)}`,
    ports: [{ direction: 'output', range: vector(output.lanes * output.laneBits), name: output.name }],
  });
  if (spec.faultSlots > 0) {
    const slots = spec.faultSlots;
    const input = (name: string, widthBits: number): PortView => ({
      direction: 'input ',
      range: `[${widthBits * slots - 1}:0] `,
      name,
    });
    groups.push({
      comment: `fault slots, slot 0 in the least significant bits: enable, PE index (0 to ${pes.length - 1}), node, kind, mask, value; fired tells of the cycle before`,
      ports: [
        input('fault_en_i', 1),
        input('fault_pe_i', faultPort.peBits),
        input('fault_node_i', faultPort.nodeBits),
        input('fault_kind_i', 2),
        input('fault_mask_i', faultPort.dataBits),
        input('fault_value_i', faultPort.dataBits),
        { direction: 'output', range: `[${slots - 1}:0] `, name: 'fault_fired_o' },
      ],
    });
  }
  return groups;
}

function describeInput({ lines, shadow, stationary, tokens }: Design, port: string): string {
  switch (port) {
    case 'a_i':
    case 'b_i':
    case 'c_i': {
      const line = lines[port[0] as 'a' | 'b' | 'c'];
      return `line ${line.line}, moves by (${line.network!.flow.join(', ')}) in ${cycles(line.delayCycles)}`;
    }
    case 's_i':
      return `shadow chain, loads ${stationary}, moves by (${shadow!.flow.join(', ')}) in ${cycles(shadow!.delayCycles)}`;
    default:
      return `token ${port.slice(0, -2)}, beside line ${tokens!.carrier}`;
  }
}

function listPes(design: Design, lanes: Int32Array): string {
  const name = (lane: number) => {
    const { x, y } = design.pes[lanes[lane]!]!;
    return `(${x}, ${y})`;
  };
  if (lanes.length <= 6) return Array.from(lanes, (_, lane) => name(lane)).join(' ');
  return `${name(0)} ${name(1)} ${name(2)} ... ${name(lanes.length - 1)}`;
}

function bits(count: number): string {
  return count === 1 ? '1 bit' : `${count} bits`;
}

function vector(widthBits: number): string {
  return `[${widthBits - 1}:0] `;
}
