import type { Design } from '../../design/design.ts';
import { dtypeInfo } from '../../dtype/dtype.ts';
import type { RecordedProduct } from './recorded-layer.ts';

/** Where the elements of one product of a layer lie; the same for every image. */
export interface ProductLines {
  readonly columns: number;
  /** For each element of the product its place among the sums of the layer, −1 for none. */
  readonly places: Int32Array;
  /** Whether channels are its rows, and which one the first is. */
  readonly channelsAreRows: boolean;
  readonly firstChannel: number;
}

export function productLines({ result, sums, channels }: RecordedProduct): ProductLines {
  const places = new Int32Array(result.data.length).fill(-1);
  for (const { first, step, count, place } of sums) {
    for (let n = 0; n < count; n++) places[first + n * step] = place + n;
  }
  return {
    columns: result.shape[1]!,
    places,
    channelsAreRows: channels.axis === 'rows',
    firstChannel: channels.first,
  };
}

/** The row and the column of an element among output pixels and channels. */
export function pixelOf({ columns, channelsAreRows }: ProductLines, element: number): number {
  return channelsAreRows ? element % columns : Math.floor(element / columns);
}

export function channelOf({ columns, channelsAreRows, firstChannel }: ProductLines, element: number): number {
  return firstChannel + (channelsAreRows ? Math.floor(element / columns) : element % columns);
}

/** Whether some element of the product is of a channel. */
export function hasChannel({ columns, places, channelsAreRows, firstChannel }: ProductLines, channel: number): boolean {
  const count = channelsAreRows ? places.length / columns : columns;
  return channel >= firstChannel && channel < firstChannel + count;
}

/** Bits to shift left and back, so that integer layers read what an accumulator holds as they do: see `int32Sums`. */
export function sumShift({ spec }: Design): number {
  const { a, b, c } = spec.types;
  const { signed, widthBits } = dtypeInfo(c);
  return !signed && (dtypeInfo(a).signed || dtypeInfo(b).signed) ? 32 - widthBits : 0;
}
