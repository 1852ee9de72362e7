import type { Box } from '../../projection/geometry.ts';
import type { CampaignProduct } from './campaign-layer.ts';

/** What of a tile counts: the outputs (i, j) that are looked at, and the inner steps k that are no padding; both ends included. */
export interface TileScope {
  readonly rows: readonly [from: number, to: number];
  readonly columns: readonly [from: number, to: number];
  readonly inner: number;
}

/** Tiles of a product of which the same counts. */
export interface TileClass {
  readonly scope: TileScope;
  readonly count: number;
  /** Give the index, among all tiles of the product, of tile n of the class. */
  tileAt(n: number): number;
}

/** Tiles side by side along one axis. */
interface Span {
  readonly first: number;
  readonly count: number;
  readonly range: readonly [from: number, to: number];
}

/**
 * Sort the tiles of a product by what of them counts: at most eight classes, by whether they are the last, padded one along
 * rows, columns and the inner dimension. With a channel only its row or column counts, and tiles without it are in no class.
 */
export function tileClasses(size: Box, product: CampaignProduct, channel: number | null): TileClass[] {
  const [n1, n2, n3] = size;
  const { m, k, n, channelAxis, firstChannel } = product;
  const line = channel === null ? null : channel - firstChannel;
  const rows = spansOf(n1, m, channelAxis === 'rows' ? line : null);
  const columns = spansOf(n2, n, channelAxis === 'columns' ? line : null);
  const across = Math.ceil(n / n2);
  const perSlice = Math.ceil(m / n1) * across;
  return spansOf(n3, k, null).flatMap((slice) =>
    rows.flatMap((row) =>
      columns.map((column) => ({
        scope: { rows: row.range, columns: column.range, inner: slice.range[1] },
        count: slice.count * row.count * column.count,
        tileAt: (at) => {
          const inSlice = at % (row.count * column.count);
          const down = row.first + Math.floor(inSlice / column.count);
          const right = column.first + (inSlice % column.count);
          return (slice.first + Math.floor(at / (row.count * column.count))) * perSlice + down * across + right;
        },
      })),
    ),
  );
}

/** Tell whether a product has a channel among its rows or columns. */
export function hasChannel({ m, n, channelAxis, firstChannel }: CampaignProduct, channel: number): boolean {
  return channel >= firstChannel && channel < firstChannel + (channelAxis === 'rows' ? m : n);
}

function spansOf(side: number, length: number, line: number | null): Span[] {
  if (line !== null) {
    if (line < 0 || line >= length) return [];
    const place = (line % side) + 1;
    return [{ first: Math.floor(line / side), count: 1, range: [place, place] }];
  }
  const full = Math.floor(length / side);
  const spans: Span[] = full > 0 ? [{ first: 0, count: full, range: [1, side] }] : [];
  if (length % side > 0) spans.push({ first: full, count: 1, range: [1, length % side] });
  return spans;
}
