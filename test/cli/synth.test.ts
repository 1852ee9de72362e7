import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openWorkplace } from './support/espalier.ts';

const TIMEOUT_MS = 300_000;
const SPEC = 'array two { size 2 x 2 x 2; projection output_stationary; types a: int8, b: int8; multiplier_stages 1 }';

describe('synth', () => {
  test(
    'counts, places and routes, and finds all of it in the cache the second time',
    async () => {
      const place = await openWorkplace();
      await place.text('s.array', SPEC);
      const args = ['synth', 's.array', '--target', 'ice40', '--device', 'hx8k', '--clock'];
      const env = { ESPALIER_CACHE: place.path('cache') };
      const first = await place.run([...args, '--json'], env);
      const document = JSON.parse(first.stdout);
      expect(document).toMatchObject({ array: 'two', pes: 4, target: 'ice40', device: 'hx8k', faultSlots: 0 });
      expect(document.total.lut).toBe(4 * document.pe.lut);
      expect(document.clock.megahertz).toBeCloseTo(1000 / document.clock.criticalPath.nanoseconds, 0);
      expect(document.clock.criticalPath.from).toMatch(/_q$/);

      // What the cache says counts, be it wrong.
      const reports = (await readdir(place.path('cache'), { recursive: true })).filter((path) =>
        /report\.json$/.test(path),
      );
      expect(reports).toHaveLength(1);
      const report = join('cache', reports[0]!);
      const text = await readFile(place.path(report), 'utf8');
      await place.text(report, text.replace(/"achieved": [\d.]+/, '"achieved": 123.4'));
      const { stdout } = await place.run(args, env);
      expect(stdout).toContain('placed and routed: 123.4 MHz');
      await place.remove();
    },
    TIMEOUT_MS,
  );

  test(
    'counts a top module too, with the grid in it',
    async () => {
      const place = await openWorkplace();
      await place.text('s.array', SPEC);
      const args = ['synth', 's.array', '--target', 'ecp5', '--top', '--stream-bits', '32'];
      const document = JSON.parse((await place.run([...args, '--json'])).stdout);
      expect(document.top.streamBits).toBe(32);
      expect(document.top.cells.dsp).toBe(document.total.dsp);
      expect(document.top.cells.ff).toBeGreaterThan(document.total.ff + 2 * 32);
      const { stdout } = await place.run(args);
      expect(stdout).toMatch(/^top module of 32 bits +[\d,]+ /m);
      await place.remove();
    },
    TIMEOUT_MS,
  );

  test.each([
    [
      ['--stream-bits', '32'],
      '--stream-bits is the width of the streams of a top module: it goes with --top, received 32 without',
    ],
    [['--target', 'ice40', '--device', 'xc7a35t'], 'unknown ice40 device "xc7a35t", expected hx8k, up5k or hx1k'],
    [['--target', 'xilinx', '--clock'], 'clock frequencies are found for ice40 only, received target xilinx'],
  ])('refuses %o', async (args, message) => {
    const place = await openWorkplace();
    await place.text('s.array', SPEC);
    const { exitCode, stderr, stdout } = await place.run(['synth', 's.array', ...args]);
    expect({ stderr, stdout }).toEqual({ stderr: `espalier: ${message}\n`, stdout: '' });
    expect(exitCode).toBe(2);
    await place.remove();
  });

  test.each([
    [
      'whose PEs alone have no room',
      SPEC.replace('2 x 2 x 2', '4 x 4 x 2'),
      /^espalier: array two lacks at least [\d,]+ LUTs \(its PEs alone need [\d,]+, ice40 hx1k has 1,280\) and lacks at least 320 flip-flops \(its PEs alone need 1,600, ice40 hx1k has 1,280\); large enough for its PEs: hx8k or up5k\n$/,
    ],
    [
      'that has no room with the shift registers at its pins',
      SPEC.replace('2 x 2 x 2', '2 x 2 x 4'),
      /^espalier: array two with the shift registers at its pins lacks [\d,]+ LUTs \(it needs [\d,]+, ice40 hx1k has 1,280\); large enough: hx8k or up5k\n$/,
    ],
  ])(
    'says what an array lacks %s',
    async (_, spec, message) => {
      const place = await openWorkplace();
      await place.text('s.array', spec);
      const { exitCode, stderr } = await place.run(['synth', 's.array', '--device', 'hx1k', '--clock', '--quiet']);
      expect(stderr).toMatch(message);
      expect(exitCode).toBe(2);
      await place.remove();
    },
    TIMEOUT_MS,
  );
});
