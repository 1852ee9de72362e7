import type { Design } from '../design/design.ts';
import { CONTROL_GROUP, cycles, type PortGroup } from './ports.ts';

/** A port of the fault slots: one field of every slot, slot 0 in the least significant bits. */
interface FaultPort {
  readonly name: string;
  readonly direction: 'input' | 'output';
  readonly field: 'enable' | 'pe' | 'node' | 'kind' | 'mask' | 'value' | 'fired';
  readonly fieldBits: number;
  readonly carries: string;
}

/** What the fault ports of a design depend on. */
export interface FaultPortDesign extends Pick<Design, 'faultPort'> {
  readonly spec: { readonly faultSlots: number };
  readonly pes: { readonly length: number };
}

/** List the ports of the fault slots; none for a design without. */
export function faultPorts({ spec, faultPort, pes }: FaultPortDesign): FaultPort[] {
  if (spec.faultSlots === 0) return [];
  const input = (name: string, field: FaultPort['field'], fieldBits: number, carries: string): FaultPort => ({
    name,
    direction: 'input',
    field,
    fieldBits,
    carries,
  });
  const { peBits, nodeBits, dataBits } = faultPort;
  return [
    input('fault_en_i', 'enable', 1, 'whether the fault acts on what its node takes in this cycle'),
    input('fault_pe_i', 'pe', peBits, `index of the PE, 0 to ${pes.length - 1}; any other value addresses none`),
    input('fault_node_i', 'node', nodeBits, 'code of the node; a code that no node has addresses none'),
    input('fault_kind_i', 'kind', 2, 'code of the kind'),
    input('fault_mask_i', 'mask', dataBits, 'the bits on which the fault acts; those beyond the node do nothing'),
    input('fault_value_i', 'value', dataBits, 'what the masked bits become; only kind set reads it'),
    {
      name: 'fault_fired_o',
      direction: 'output',
      field: 'fired',
      fieldBits: 1,
      carries: 'whether the fault changed a bit in the cycle before',
    },
  ];
}

/** The ports of the grid, in groups: the same for every architecture of it. */
export function gridPorts(design: Design): PortGroup[] {
  const { inputs, output, spec, pes } = design;
  const groups: PortGroup[] = [CONTROL_GROUP];
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
    groups.push({
      comment: `fault slots, slot 0 in the least significant bits: enable, PE index (0 to ${pes.length - 1}), node, kind, mask, value; fired tells of the cycle before`,
      ports: faultPorts(design).map(({ name, direction, fieldBits }) => ({
        direction: direction === 'input' ? 'input ' : 'output',
        range: vector(spec.faultSlots * fieldBits),
        name,
      })),
    });
  }
  return groups;
}

/** Say what an input port brings. */
export function describeInput({ lines, shadow, stationary, tokens }: Design, port: string): string {
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
