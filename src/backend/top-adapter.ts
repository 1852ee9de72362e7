import { moduleNames } from '../design/design.ts';
import { render } from '../emit/render.ts';
import { ADDRESS_BITS } from '../top/register-map.ts';
import type { TopDesign } from '../top/top-design.ts';

/** Print the C++ that shows the ports of a Verilated top module to the harness. */
export function printTopAdapter({ design, streamBits }: TopDesign): string {
  return render('cosim/top-adapter.cpp', {
    top: moduleNames(design).top,
    hash: design.hash,
    faultSlots: design.spec.faultSlots,
    ports: [
      port('clock', 'aclk', 1),
      port('resetN', 'aresetn', 1),
      ...streamPorts('in', 's_axis', streamBits),
      ...streamPorts('out', 'm_axis', streamBits),
      ...REGISTER_PORTS.map(([field, name, widthBits]) => port(`registers.${field}`, `s_axil_${name}`, widthBits)),
    ],
  });
}

/** Fields of `RegisterPorts`, the ports behind them without their prefix, and their widths. */
const REGISTER_PORTS: readonly (readonly [field: string, name: string, widthBits: number])[] = [
  ['writeAddress', 'awaddr', ADDRESS_BITS],
  ['writeAddressValid', 'awvalid', 1],
  ['writeAddressReady', 'awready', 1],
  ['writeData', 'wdata', 32],
  ['writeStrobe', 'wstrb', 4],
  ['writeDataValid', 'wvalid', 1],
  ['writeDataReady', 'wready', 1],
  ['writeResponse', 'bresp', 2],
  ['writeResponseValid', 'bvalid', 1],
  ['writeResponseReady', 'bready', 1],
  ['readAddress', 'araddr', ADDRESS_BITS],
  ['readAddressValid', 'arvalid', 1],
  ['readAddressReady', 'arready', 1],
  ['readData', 'rdata', 32],
  ['readResponse', 'rresp', 2],
  ['readDataValid', 'rvalid', 1],
  ['readDataReady', 'rready', 1],
];

function streamPorts(field: string, prefix: string, streamBits: number) {
  return [
    port(`${field}.data`, `${prefix}_tdata`, streamBits),
    port(`${field}.keep`, `${prefix}_tkeep`, streamBits / 8),
    port(`${field}.last`, `${prefix}_tlast`, 1),
    port(`${field}.valid`, `${prefix}_tvalid`, 1),
    port(`${field}.ready`, `${prefix}_tready`, 1),
  ];
}

function port(field: string, name: string, widthBits: number) {
  return { field, name, widthBits };
}
