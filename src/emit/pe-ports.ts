import type { Design } from '../design/design.ts';
import { CONTROL_GROUP, cycles, type PortGroup, type PortView } from './ports.ts';
import { range } from './verilog.ts';

/** The ports of a PE, in groups. */
export function pePorts({ lines, shadow, tokens, spec, faultPort }: Design): PortGroup[] {
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
  if (spec.faultSlots > 0) {
    const slots = spec.faultSlots;
    const input = (name: string, widthBits: number): PortView => ({
      direction: 'input ',
      range: `[${widthBits - 1}:0] `,
      name,
    });
    groups.push({
      comment: `faults: ${slots} slots, slot 0 in the least significant bits; a hit node becomes (value & keep) ^ toggle`,
      ports: [
        input('fault_hit_i', slots),
        input('fault_node_i', slots * faultPort.nodeBits),
        input('fault_keep_i', slots * faultPort.dataBits),
        input('fault_toggle_i', slots * faultPort.dataBits),
        { direction: 'output', range: `[${slots - 1}:0] `, name: 'fault_fired_o' },
      ],
    });
  }
  return groups;
}
