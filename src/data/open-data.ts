import { FileError } from '../errors.ts';
import type { ElementType } from '../tensor/tensor.ts';
import { batched, type DataSource } from './data-source.ts';
import { openItems, type RawLayout } from './open-items.ts';
import { parsePreprocess } from './parse-preprocess.ts';
import { preparer } from './prepare.ts';

export interface DataOptions {
  /** With `dtype`: read the file as raw elements of this shape [N, …], little-endian in C order. */
  readonly shape?: readonly number[] | undefined;
  readonly dtype?: ElementType | undefined;
  /** What to do to each item, such as `nchw, scale 1/255`; see `parsePreprocess`. Nothing when left out. */
  readonly preprocess?: string | undefined;
}

/**
 * Open data: an array [N, …] in a .npy, .npz (`file.npz:name` for one of several members), TensorProto .pb or IDX file,
 * packed with gzip or not; a PNG or JPEG image; a folder of them, in natural order of their names (img2 before img10);
 * or a raw file. Arrays in .npy, IDX and raw files are read batch by batch; those that are packed, of Fortran order, or
 * in a .npz or .pb file are held in memory. Images become uint8 (PNG of 16 bits: uint16) [H, W] or [H, W, 3], red first,
 * alpha dropped.
 * @throws {FileError} when a file is missing, broken or of no known format; {SpecError} with every mistake of
 *   `preprocess`; {OperandError} or {CastingError} when the first item cannot be prepared
 */
export async function openData(path: string, options: DataOptions = {}): Promise<DataSource> {
  const steps = options.preprocess === undefined ? null : parsePreprocess(options.preprocess);
  const items = await openItems(path, rawLayout(path, options));
  try {
    return await batched(items, steps ? preparer(steps) : undefined);
  } catch (error) {
    await items.close();
    throw error;
  }
}

function rawLayout(path: string, { shape, dtype }: DataOptions): RawLayout | null {
  if (shape === undefined && dtype === undefined) return null;
  if (shape === undefined || dtype === undefined) {
    const [given, missing] = shape === undefined ? ['dtype', 'shape'] : ['shape', 'dtype'];
    throw new FileError(`a raw file needs a shape and a dtype, received a ${given} without a ${missing} (${path})`);
  }
  if (!shape.every((side) => Number.isInteger(side) && side >= 0)) {
    throw new FileError(`the shape of a raw file must be whole numbers, received [${shape.join(', ')}] (${path})`);
  }
  return { shape, dtype };
}
