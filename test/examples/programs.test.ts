import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

async function runProgram(name: string): Promise<string> {
  const { stdout } = await execa(process.execPath, [`${EXAMPLES}${name}`], { cwd: EXAMPLES });
  return stdout;
}

test('matmul-with-a-fault.ts shows which results a stuck bit reaches', async () => {
  expect(await runProgram('matmul-with-a-fault.ts')).toBe(`fault-free  5 6 7 13 14 15 21 22 23
faulty      5 6 7 13 46 47 21 22 23
the fault changed a bit in 11 of 11 cycles`);
});

test('check-an-array.ts finds that all models agree', async () => {
  expect(await runProgram('check-an-array.ts')).toMatch(
    /^wrote diagonal_grid\.v, .*manifest\.json, array\.svg\n100 trials with \d+ faults: reference, functional, cycle, rtl agree$/,
  );
});

test('conv-layer-under-fault.ts shows other digits with a fault than without', async () => {
  const lines = (await runProgram('conv-layer-under-fault.ts')).split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe('without faults:');
  expect(lines[1]).toMatch(/^ {2}\d( \d){63}$/);
  expect(lines[2]).toMatch(/^a fault that changed a bit in \d+ cycles of conv2:$/);
  expect(lines[3]).not.toBe(lines[1]);
});

test('accuracy-under-fault.ts shows what a stuck bit in one channel costs, in its own layer only', async () => {
  expect(await runProgram('accuracy-under-fault.ts')).toBe(`on the array 38 of 64
in ONNX Runtime 63 of 64
conv1: 0 elements differ
conv2: 6099 elements differ
fc1: 0 elements differ
fc2: 0 elements differ
fc3: 0 elements differ`);
});

test('own-campaign.ts judges its own images its own way, and tells how sure it is', async () => {
  expect(await runProgram('own-campaign.ts')).toBe(`300 of 22347776 faults, 1262976 of which can reach no output
fault 144 in c_in of PE (1, -4) harms 6 images
fault 183 in c_in of PE (5, -6) harms 8 images
fault 292 in c of PE (1, -1) harms 10 images
harm: 1.56 % of all faults and images, between 1.01 and 2.41 %`);
});

test('drive-a-top-module.ts sends tiles over a stream and gets their products', async () => {
  expect(await runProgram('drive-a-top-module.ts')).toBe(`R = 104 205 310 411
R = 4 5 10 11
2 tiles in, 2 out, status: idle`);
});
