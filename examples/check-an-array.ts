// An array from a projection matrix of one's own: written as Verilog, and compared with the simulators register by
// register while faults act. Without Verilator only the simulators are compared.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildDesign,
  crossCheck,
  describeMismatch,
  doctor,
  emitDesign,
  openRtl,
  parseSpec,
  writeFiles,
} from 'espalier';

const spec = parseSpec(
  `array diagonal {
     size 3 x 2 x 4
     projection [[1, 0, 1], [0, 1, 1], [1, 1, 1]]
     types a: int8, b: int8, c: int32
     fault_slots 2
   }`,
  'diagonal.array',
);
const design = buildDesign(spec.arrays[0]!);

const folder = await mkdtemp(join(tmpdir(), 'espalier-'));
const written = await writeFiles(folder, emitDesign(design));
console.log(`wrote ${written.join(', ')}`);
await rm(folder, { recursive: true });

const { remedy } = await doctor();
const rtl = remedy === null ? await openRtl(design, { trace: true }) : null;
const { models, tally, mismatch } = await crossCheck(design, { trials: 100, seed: 1, rtl });
await rtl?.close();

if (mismatch) {
  console.log(describeMismatch(mismatch).join('\n'));
  process.exitCode = 1;
} else {
  console.log(`${tally.trials} trials with ${tally.faults.total} faults: ${models.join(', ')} agree`);
}
