import { faultPorts } from '../emit/grid-ports.ts';
import { render } from '../emit/render.ts';
import { positionName } from '../emit/verilog.ts';
import type { Architecture, MachineDesign } from './machine-design.ts';
import { laneBytes } from './machine-design.ts';

export interface AdapterOptions {
  readonly design: MachineDesign;
  readonly top: string;
  readonly architecture: Architecture;
  readonly trace: boolean;
}

interface PortView {
  readonly name: string;
  readonly widthBits: number;
}

interface PlaneView {
  readonly name: string;
  /** Bytes of one register, in Verilator's storage and in a trace alike. */
  readonly bytes: number;
  readonly pes: number;
  /** The array that holds the register of all PEs, or null where each PE has its own variable. */
  readonly array: string | null;
  readonly registers: readonly string[];
}

interface AdapterView {
  readonly top: string;
  readonly hash: string;
  readonly trace: boolean;
  readonly inputs: readonly PortView[];
  readonly returnPort: number;
  readonly output: PortView;
  readonly laneBytes: number;
  readonly faultSlots: number;
  readonly faultPorts: readonly (PortView & { readonly field: string })[];
  readonly planes: readonly PlaneView[];
}

/** Print the C++ that shows a design's Verilated ports and registers to the harness. */
export function printAdapter(options: AdapterOptions): string {
  return render('cosim/adapter.cpp', adapterView(options));
}

function adapterView({ design, top, architecture, trace }: AdapterOptions): AdapterView {
  const returnPort = design.inputs[design.returnPort];
  if (design.output.laneBits % 8 !== 0 || returnPort?.laneBits !== design.output.laneBits) {
    throw new TypeError(`${design.name}: output and return port need lanes of the same number of whole bytes`);
  }
  return {
    top,
    hash: design.hash,
    trace,
    inputs: design.inputs.map(portView),
    returnPort: design.returnPort,
    output: portView(design.output),
    laneBytes: laneBytes(design),
    faultSlots: design.spec.faultSlots,
    faultPorts: faultPorts(design).map(({ field, name, fieldBits }) => ({
      field,
      name,
      widthBits: fieldBits * design.spec.faultSlots,
    })),
    planes: trace ? design.registers.map((plane) => planeView(plane, design, top, architecture)) : [],
  };
}

function portView(port: { readonly name: string; readonly lanes: number; readonly laneBits: number }): PortView {
  return { name: port.name, widthBits: port.lanes * port.laneBits };
}

function planeView(
  plane: MachineDesign['registers'][number],
  design: MachineDesign,
  top: string,
  architecture: Architecture,
): PlaneView {
  const { name, bytes } = plane;
  const shared = { name, bytes, pes: design.pes.length };
  if (architecture === 'rolled') return { ...shared, array: verilatedName([top, name]), registers: [] };
  const registers = design.pes.map((pe) => verilatedName([top, `pe_${positionName(pe)}`, name]));
  return { ...shared, array: null, registers };
}

/** Name a variable as Verilator does: the path joined by __DOT__, a double underscore in a name written as its code. */
function verilatedName(path: readonly string[]): string {
  return path.map((name) => name.replaceAll('__', '___05F')).join('__DOT__');
}
