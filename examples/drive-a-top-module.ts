// A tile sent to a top module over its stream, as a host would send it to an FPGA; here the module runs in Verilator.
import { buildDesign, openTop, parseSpec, TopDriver, topDesign } from 'espalier';

const spec = parseSpec(
  `array tiny {
     size 2 x 2 x 3
     projection output_stationary
     types a: int8, b: int8, c: int32
   }`,
  'tiny.array',
);
const top = topDesign(buildDesign(spec.arrays[0]!), 64);
const simulation = await openTop(top);
await simulation.reset({ seed: 1, input: 0.3, output: 0.3, registers: 0 }); // both sides wait in 30 % of the clocks
const driver = new TopDriver(top, simulation);
await driver.identify();
await driver.prepare([]); // no faults

const a = Int8Array.of(1, 2, 3, 4, 5, 6); // 2×3, row-major
const b = Int8Array.of(1, 0, 0, 1, 1, 1); // 3×2
const c = Int32Array.of(100, 200, 300, 400);
await driver.sendTile({ a, b, c }, { last: false, gapCycles: 0 });
await driver.sendTile({ a, b, c: undefined }, { last: true, gapCycles: 0 });
for (const bytes of await driver.receive(2)) console.log(`R = ${new Int32Array(bytes.buffer).join(' ')}`);

const { tilesIn, tilesOut } = await driver.readCounters();
console.log(`${tilesIn} tiles in, ${tilesOut} out, status: ${await driver.describeStatus()}`);
await simulation.close();
