import type { Design } from '../design/design.ts';
import { type FaultView, faultView } from './fault-view.ts';
import { CONTROL_GROUP, cycles, type PortGroup, type PortView } from './ports.ts';
import { range } from './verilog.ts';

/** The ports of a PE, in groups. */
export function pePorts(design: Design): PortGroup[] {
  const { lines, shadow, tokens } = design;
  const pair = (name: string, widthBits: number): PortView[] => [
    { direction: 'input ', range: range(widthBits), name: `${name}_i` },
    { direction: 'output', range: range(widthBits), name: `${name}_o` },
  ];
  const groups: PortGroup[] = [CONTROL_GROUP];
  for (const { line, network, widthBits, delayCycles } of Object.values(lines)) {
    if (!network) continue;
    const comment = `line ${line}: moves by (${network.flow.join(', ')}) in ${cycles(delayCycles)}`;
    groups.push({ comment, ports: pair(line, widthBits) });
  }
  if (tokens) {
    const comment = `control tokens: travel beside line ${tokens.carrier}`;
    groups.push({ comment, ports: tokens.names.flatMap((name) => pair(name, 1)) });
  }
  if (shadow) {
    const what = shadow.drains ? 'loads and drains c' : 'loads the stationary line';
    const comment = `shadow chain: ${what}, moves by (${shadow.flow.join(', ')}) in ${cycles(shadow.delayCycles)}`;
    groups.push({ comment, ports: pair('s', shadow.widthBits) });
  }
  const faults = faultView(design);
  if (faults) groups.push(faultGroup(design, faults));
  return groups;
}

function faultGroup({ spec, faultPort }: Design, { nodes, nodeCount, hasNow, hasLate }: FaultView): PortGroup {
  const slots = spec.faultSlots;
  const port = (direction: PortView['direction'], name: string, widthBits: number): PortView[] =>
    widthBits === 0 ? [] : [{ direction, range: `[${widthBits - 1}:0] `, name }];
  const dataBits = slots * faultPort.dataBits;
  return {
    comment: `faults: ${slots === 1 ? '1 slot' : `${slots} slots`}, slot 0 in the least significant bits; a hit node becomes (value & keep) ^ toggle; late: of the cycle before`,
    ports: [
      ...port('input ', 'fault_hit_i', slots),
      ...port('input ', 'fault_node_i', slots * nodeCount),
      ...port('input ', 'fault_keep_i', hasNow ? dataBits : 0),
      ...port('input ', 'fault_toggle_i', hasNow ? dataBits : 0),
      ...port('input ', 'fault_late_keep_i', hasLate ? dataBits : 0),
      ...port('input ', 'fault_late_toggle_i', hasLate ? dataBits : 0),
      ...nodes.map(
        ({ shown, widthBits }): PortView => ({ direction: 'output', range: range(widthBits), name: `${shown}_o` }),
      ),
    ],
  };
}
