import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { registerMapFiles } from '../../src/emit/register-verilog.ts';
import { writeFiles } from '../../src/emit/write-files.ts';
import { installed, run } from '../emit/support/tools.ts';

const RTL = fileURLToPath(new URL('../../rtl/', import.meta.url));
const MODULES = readdirSync(RTL).filter((file) => file.endsWith('.v'));

describe('every module of rtl', () => {
  it.each(MODULES)('%s is clean by itself', async (file) => {
    expect(run('verilator', ['--lint-only', '-Wall', '-y', '.', file], RTL)).toBe('');
    const text = await readFile(RTL + file, 'utf8');
    expect(text).toMatch(/^\/\/ /);
    expect(text).toContain('`default_nettype none');
    expect(text.trimEnd().endsWith('`default_nettype wire')).toBe(true);
  });

  it.skipIf(!installed('iverilog')).each(MODULES)('Icarus takes %s (skipped where iverilog is absent)', (file) => {
    const args = ['-g2005', '-y', '.', '-I', '.', '-s', file.slice(0, -2), '-o', '/dev/null', file];
    expect(run('iverilog', args, RTL)).toBe('');
  });
});

describe('the register map in Verilog', () => {
  it('is the one of src/top/register-map.ts; UPDATE_GOLDEN=1 prints it anew', async () => {
    for (const [path, text] of registerMapFiles()) {
      if (process.env['UPDATE_GOLDEN'] === '1') await writeFiles(RTL, [{ path, text }]);
      expect(await readFile(RTL + path, 'utf8')).toBe(text);
    }
  });
});
