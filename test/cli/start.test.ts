import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { BIN, EXAMPLES, openWorkplace } from './support/espalier.ts';

/** Makes a Node.js believe that it is old. */
const OLD = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })`;

describe('on an old Node.js', () => {
  const start = (...args: readonly string[]) =>
    execa(process.execPath, ['--import', OLD, BIN, ...args], { reject: false });

  test('the program runs on the Node.js that comes with it', async () => {
    const { stdout, exitCode } = await start('doctor', '--json');
    const node = JSON.parse(stdout).tools.find(({ name }: { name: string }) => name === 'node');
    expect(node.path).toMatch(/node_modules\/node\/bin\/node$/);
    expect(exitCode).toBe(0);
  });

  test('the exit code and stderr come through', async () => {
    const { stdout, stderr, exitCode } = await start('generate', 'no.array');
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: '',
      stderr: 'espalier: the spec file no.array cannot be read: it does not exist',
      exitCode: 2,
    });
  });
});

test('a reader that goes away is no error', async () => {
  const { stderr, exitCode } = await execa(
    'bash',
    ['-c', `"$0" "$1" --help | true; exit "\${PIPESTATUS[0]}"`, process.execPath, BIN],
    {
      reject: false,
    },
  );
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

test('a defect says so without a stack trace, exit code 70', async () => {
  const place = await openWorkplace();
  const crash = `data:text/javascript,JSON.stringify = () => { throw new TypeError('boom') }`;
  const args = ['--import', crash, BIN, 'layers', `${EXAMPLES}digits/digits-qlinear.onnx`, '--json'];
  const { stdout, stderr, exitCode } = await execa(process.execPath, args, { reject: false });
  expect({ stdout, stderr, exitCode }).toEqual({
    stdout: '',
    stderr: 'espalier: unexpected error: boom (this is a defect of Espalier; --debug shows where)',
    exitCode: 70,
  });
  await place.remove();
});
