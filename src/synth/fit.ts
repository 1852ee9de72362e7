import { EspalierError } from '../errors.ts';
import { grouped } from '../number-text.ts';
import { list } from '../spec/suggest.ts';
import type { Device, Target } from './targets.ts';

const LIMITED = [
  ['lut', 'LUTs'],
  ['ff', 'flip-flops'],
  ['dsp', 'DSPs'],
  ['ram', 'blocks of RAM'],
] as const;

/** The kinds of cells that a device has only so many of. */
export type LimitedCells = Readonly<Record<(typeof LIMITED)[number][0], number>>;

/**
 * Refuse what is too large for a device.
 * @param counted whether the cells are those of the whole array or of its PEs alone
 * @throws {EspalierError} where an array needs more cells than a device has, with the devices that have enough
 */
export function refuseMisfit(
  arrayName: string,
  cells: LimitedCells,
  target: Target,
  device: Device,
  counted: 'whole' | 'pes' = 'whole',
): void {
  const needs = counted === 'whole' ? 'it needs' : 'its PEs alone need';
  const beyond = LIMITED.filter(([kind]) => cells[kind] > device[kind]);
  const missing = beyond.map(
    ([kind, noun]) =>
      `lacks ${counted === 'whole' ? '' : 'at least '}${grouped(cells[kind] - device[kind])} ${noun} (${needs} ${grouped(cells[kind])}, ${target.name} ${device.name} has ${grouped(device[kind])})`,
  );
  if (missing.length === 0) return;
  const larger = target.devices.filter((other) => LIMITED.every(([kind]) => cells[kind] <= other[kind]));
  const remedy =
    larger.length === 0
      ? `no ${target.name} device here has enough`
      : `large enough${counted === 'whole' ? '' : ' for its PEs'}: ${list(larger.map(({ name }) => name))}`;
  const otherwise = beyond.every(([kind]) => kind === 'dsp') ? '; without DSPs: --no-dsp' : '';
  throw new EspalierError(`array ${arrayName} ${missing.join(' and ')}; ${remedy}${otherwise}`);
}
