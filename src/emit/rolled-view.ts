import type { Design } from '../design/design.ts';
import { gridPorts } from './grid-ports.ts';
import type { PortGroup } from './ports.ts';
import { rolledFlow, tailOf } from './rolled-flow.ts';
import type { ArrayView, RegisterView, StepView } from './rolled-steps.ts';
import { laneOf, range } from './verilog.ts';

/** What `rolled.v.hbs` prints. */
interface RolledView {
  readonly portGroups: readonly PortGroup[];
  readonly registers: readonly RegisterView[];
  /** Registers within a floating-point operation: they hold finished results, which makes no difference outside. */
  readonly stages: readonly RegisterView[];
  readonly arrays: readonly ArrayView[];
  /** Widths of the floating-point formats, for the functions of the library; null for integers. */
  readonly float: FloatWidths | null;
  readonly outputs: readonly OutputView[];
  readonly results: readonly { readonly target: string; readonly source: string }[];
  readonly steps: readonly StepView[];
  readonly lastPe: number;
  readonly lastData: number;
  readonly lastPeBit: number;
  /** The greatest PE index, to tell slots that address no PE; null where every value of the field is one. */
  readonly lastPeLiteral: string | null;
  readonly allOnes: string;
  readonly allZeros: string;
}

interface OutputView {
  readonly range: string;
  readonly name: string;
  readonly port: string;
}

interface FloatWidths {
  readonly operandExponent: number;
  readonly operandFraction: number;
  readonly resultExponent: number;
  readonly resultFraction: number;
}

/** Lay out the rolled grid: the same recurrences as the PE's, each as a loop over all PEs. */
export function rolledView(design: Design): RolledView {
  const { registers, faultPort, pes } = design;
  const { stages, arrays, steps } = rolledFlow(design);
  const outputs = outputsOf(design);
  const lastPe = pes.length - 1;
  return {
    portGroups: gridPorts(design),
    registers: registers.map(({ name, widthBits }) => ({ name, range: range(widthBits), reset: `${widthBits}'d0` })),
    stages,
    arrays,
    float: floatWidths(design),
    outputs,
    results: resultsOf(design, outputs[0]!.name),
    steps,
    lastPe,
    lastData: faultPort.dataBits - 1,
    lastPeBit: faultPort.peBits - 1,
    lastPeLiteral: pes.length === 2 ** faultPort.peBits ? null : `${faultPort.peBits}'d${lastPe}`,
    allOnes: `{${faultPort.dataBits}{1'b1}}`,
    allZeros: `${faultPort.dataBits}'d0`,
  };
}

function floatWidths({ lines }: Design): FloatWidths | null {
  const [operand, result] = [lines.a.float, lines.c.float];
  return (
    operand &&
    result && {
      operandExponent: operand.exponentBits,
      operandFraction: operand.fractionBits,
      resultExponent: result.exponentBits,
      resultFraction: result.fractionBits,
    }
  );
}

/** The results and, with fault slots, which of these changed a bit. */
function outputsOf({ output, spec }: Design): OutputView[] {
  const { name, lanes, laneBits } = output;
  return [
    { range: `[${lanes * laneBits - 1}:0] `, name: `${streamOf(name)}_out_q`, port: name },
    ...(spec.faultSlots > 0 ? [{ range: `[${spec.faultSlots - 1}:0] `, name: 'fired_q', port: 'fault_fired_o' }] : []),
  ];
}

/** Which PE's last register each lane of the results shows. */
function resultsOf({ output, shadow, lines, pipeline }: Design, target: string): RolledView['results'] {
  const delayCycles = output.name === 's_o' ? shadow!.delayCycles : lines.c.delayCycles - pipeline.adderLatency;
  const tail = tailOf(streamOf(output.name), delayCycles);
  return Array.from(output.lanePes, (pe, lane) => ({
    target: laneOf(target, lane, output.laneBits, output.lanes),
    source: `${tail}[${pe}]`,
  }));
}

/** The stream that a port ends: the port's name without its direction. */
function streamOf(port: string): string {
  return port.slice(0, -2);
}
