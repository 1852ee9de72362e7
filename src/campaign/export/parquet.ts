import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import type { Cell, Column, Sheet } from './columns.ts';

/** Rows that are held in memory and compressed together. */
const ROW_GROUP = 10_000;

type SchemaElement = ParquetWriter['schema'][number];

const TYPES = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  int32: { type: 'INT32' },
  int64: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  flag: { type: 'BOOLEAN' },
} as const satisfies Record<Column<unknown>['type'], Partial<SchemaElement>>;

/** Print a table as a Parquet file (Snappy), piece by piece. Every column may hold nulls. */
export function* parquetBytes<Row>({ columns, rows }: Sheet<Row>, rowGroup = ROW_GROUP): IterableIterator<Uint8Array> {
  const bytes = new ByteWriter();
  const leaves = columns.map(({ name, type }) => ({ name, repetition_type: 'OPTIONAL' as const, ...TYPES[type] }));
  const schema: SchemaElement[] = [{ name: 'root', num_children: columns.length }, ...leaves];
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: 'espalier' });
  for (const group of groups(rows(), rowGroup)) {
    writer.write({ columnData: columns.map((column) => columnData(column, group)), rowGroupSize: rowGroup });
    yield take(bytes);
  }
  writer.finish();
  yield take(bytes);
}

function columnData<Row>({ name, type, of }: Column<Row>, rows: readonly Row[]): ColumnSource {
  const cells = rows.map(of);
  return { name, data: type === 'int64' ? cells.map(toBigInt) : cells };
}

function toBigInt(cell: Cell): bigint | null {
  return cell === null ? null : BigInt(cell);
}

function* groups<Row>(rows: Iterable<Row>, size: number): IterableIterator<Row[]> {
  let group: Row[] = [];
  for (const row of rows) {
    if (group.push(row) < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** Take out what has been written; the writer goes on counting from there. */
function take(bytes: ByteWriter): Uint8Array {
  const taken = bytes.getBytes().slice();
  bytes.index = 0;
  return taken;
}
