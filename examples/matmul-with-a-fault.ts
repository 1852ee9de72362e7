// A matrix product on an array, without and with a stuck bit: what reaches the result, and what does not.
import { buildDesign, functionalBackend, parseFault, parseSpec, resolveFault, tensor } from 'espalier';

const spec = parseSpec(
  `array tiny {
     size 3 x 3 x 4
     projection output_stationary
     types a: int8, b: int8, c: int32
   }`,
  'tiny.array',
);
const design = buildDesign(spec.arrays[0]!);
const backend = functionalBackend(design);

const a = tensor('int8', [3, 4], Int8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
const b = tensor('int8', [4, 3], Int8Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1]));

// Bit 4 of register a is stuck in PE (2, 2): that PE and the one behind it on its row see wrong activations.
const fault = resolveFault(design, parseFault('stuck_at_1 bit 4 of a at (2, 2)'));

const golden = await backend.matmul({ a, b });
const faulty = await backend.matmul({ a, b }, { faults: [fault] });

console.log(`fault-free  ${golden.result.data.join(' ')}`);
console.log(`faulty      ${faulty.result.data.join(' ')}`);
console.log(`the fault changed a bit in ${faulty.faults[0]!.firedCycles} of ${faulty.stats.cycles} cycles`);
await backend.close();
