import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { doctor } from '../../src/backend/doctor.ts';
import { openMachine } from '../../src/backend/open-machine.ts';
import { ToolMissingError } from '../../src/errors.ts';
import { lattice, latticeFiles } from './support/lattice.ts';

const PATH = process.env['PATH'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'espalier-tools-'));
});
afterEach(() => {
  process.env['PATH'] = PATH;
  rmSync(folder, { recursive: true, force: true });
});

/** Put a program into the folder that prints one line. */
function fakeTool(name: string, line: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\necho "${line}"\n`);
  chmodSync(join(folder, name), 0o755);
}

function openLattice() {
  const files = latticeFiles('rolled');
  return openMachine({ design: lattice, files, top: 'lattice_grid', architecture: 'rolled', trace: false });
}

describe('the doctor', () => {
  it('finds everything where everything is', async () => {
    const { tools, abilities, remedy, cache } = await doctor();
    expect(tools.map(({ name }) => name)).toEqual(['node', 'onnxruntime-node', 'verilator', 'g++', 'make']);
    expect(tools.every(({ version, path, problem }) => version && path && problem === null)).toBe(true);
    expect(abilities.every(({ works }) => works)).toBe(true);
    expect(cache.problem).toBeNull();
    expect(remedy).toBeNull();
  });

  it('tells what works without Verilator, and how to get it', async () => {
    fakeTool('g++', 'g++ 12');
    fakeTool('make', 'GNU Make 4.3');
    process.env['PATH'] = folder;
    const { tools, abilities, remedy } = await doctor();
    expect(tools.find(({ name }) => name === 'verilator')).toEqual({
      name: 'verilator',
      version: null,
      path: null,
      problem: 'not installed',
    });
    expect(tools.find(({ name }) => name === 'make')).toEqual({
      name: 'make',
      version: 'GNU Make 4.3',
      path: join(folder, 'make'),
      problem: null,
    });
    expect(abilities.filter(({ works }) => works).map(({ ability }) => ability)).toEqual([
      'generate Verilog',
      'run matrix products on the functional and cycle simulators',
      'run ONNX models, their chosen layers on a simulator',
      'count the cells that an array takes of an FPGA',
    ]);
    expect(remedy).toBe('apt-get install verilator g++ make');
  });

  it('calls a Verilator too old that the harness is not made for', async () => {
    fakeTool('verilator', 'Verilator 4.228 2022-10-01');
    process.env['PATH'] = [folder, PATH].join(delimiter);
    const { tools } = await doctor();
    expect(tools.find(({ name }) => name === 'verilator')?.problem).toBe('too old: 5.006 or newer is needed');
    await expect(openLattice()).rejects.toThrow(
      'verilator is too old: 5.006 or newer is needed, found "Verilator 4.228 2022-10-01" (install with: apt-get install verilator g++ make)',
    );
  });
});

describe('a machine without its tools', () => {
  it.each(['verilator', 'g++', 'make'])('names the missing %s and how to get it', async (missing) => {
    for (const name of ['verilator', 'g++', 'make'].filter((tool) => tool !== missing)) {
      fakeTool(name, name === 'verilator' ? 'Verilator 5.006' : `${name} 1`);
    }
    symlinkSync('/bin/sh', join(folder, 'sh'));
    process.env['PATH'] = folder;
    const error = await openLattice().catch((e) => e);
    expect(error).toBeInstanceOf(ToolMissingError);
    expect(error.message).toBe(
      `${missing} is not installed; simulation of the emitted Verilog needs it (install with: apt-get install verilator g++ make)`,
    );
  });
});
