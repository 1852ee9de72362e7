import { type Design, moduleNames } from '../design/design.ts';
import type { EmittedFile } from '../emit/emit-design.ts';
import { gridPorts } from '../emit/grid-ports.ts';
import { CONTROL, type PortView } from '../emit/ports.ts';
import { render } from '../emit/render.ts';

/** Name the module that gives a grid few pins. */
export function wrapperName(design: Pick<Design, 'name'>): string {
  return `${design.name}_pins`;
}

/**
 * Print a module around a grid with four pins, as no device has a pin for every bit of an array's edge: a shift register
 * feeds all inputs, another one takes all outputs. So every path within the array begins and ends in a register.
 */
export function pinWrapper(design: Design): EmittedFile {
  const { inputs, outputs } = layPorts(design);
  const view = {
    name: design.name,
    module: wrapperName(design),
    grid: moduleNames(design).grid,
    connections: [...inputs.connections, ...outputs.connections],
    lastInput: inputs.bits - 1,
    shiftedInput: inputs.bits - 2,
    lastOutput: outputs.bits - 1,
  };
  return { path: `${view.module}.v`, text: render('rtl/pins.v', view) };
}

/** Count the registers between a grid and its pins. */
export function pinRegisters(design: Design): number {
  const { inputs, outputs } = layPorts(design);
  return inputs.bits + outputs.bits;
}

function layPorts(design: Design) {
  const ports = gridPorts(design)
    .flatMap((group) => group.ports)
    .filter(({ name }) => name !== CONTROL.clock);
  return { inputs: lay(ports, 'input ', 'inputs_q'), outputs: lay(ports, 'output', 'outputs') };
}

/** Give each port of a direction its bits of one vector. */
function lay(ports: readonly PortView[], direction: PortView['direction'], vector: string) {
  let bits = 0;
  const connections = ports
    .filter((port) => port.direction === direction)
    .map(({ name, range }) => {
      const from = bits;
      bits += range === '' ? 1 : Number(/^\[(\d+):0\]/.exec(range)![1]) + 1;
      return { port: name, wire: `${vector}[${bits - 1}:${from}]` };
    });
  return { bits, connections };
}
