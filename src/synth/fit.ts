import { EspalierError } from '../errors.ts';
import { grouped } from '../number-text.ts';
import { list } from '../spec/suggest.ts';
import type { CellCounts } from './cells.ts';
import type { Device, Target } from './targets.ts';

const LIMITED = [
  ['lut', 'LUTs'],
  ['ff', 'flip-flops'],
  ['dsp', 'DSPs'],
] as const;

/** @throws {EspalierError} where an array needs more cells than a device has, with the devices that have enough. */
export function refuseMisfit(arrayName: string, cells: CellCounts, target: Target, device: Device): void {
  const missing = LIMITED.filter(([kind]) => cells[kind] > device[kind]).map(
    ([kind, noun]) =>
      `lacks ${grouped(cells[kind] - device[kind])} ${noun} (it needs ${grouped(cells[kind])}, ${target.name} ${device.name} has ${grouped(device[kind])})`,
  );
  if (missing.length === 0) return;
  const larger = target.devices.filter((other) => LIMITED.every(([kind]) => cells[kind] <= other[kind]));
  const remedy =
    larger.length === 0
      ? `no ${target.name} device here has enough`
      : `large enough: ${list(larger.map(({ name }) => name))}`;
  throw new EspalierError(`array ${arrayName} ${missing.join(' and ')}; ${remedy}`);
}
