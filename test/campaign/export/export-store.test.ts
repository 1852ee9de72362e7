import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { EXPORT_TABLES, faultSheet, flatOutcomeSheet, outcomeSheet } from '../../../src/campaign/export/columns.ts';
import { EXPORT_FORMATS, type ExportOptions, exportStore } from '../../../src/campaign/export/export-store.ts';
import type { DoneFault } from '../../../src/campaign/store/fault-row.ts';
import { createStore, openStore } from '../../../src/campaign/store/open-store.ts';
import type { Store } from '../../../src/campaign/store/store.ts';
import { FileError } from '../../../src/errors.ts';
import { numbersFrom } from '../store/support/contents.ts';
import { CAMPAIGN, doneFault, newFolder, RECORD } from '../store/support/made-up-campaign.ts';
import { readCsv } from './support/read-csv.ts';

const EXPORTS = EXPORT_FORMATS.flatMap((format) => EXPORT_TABLES.map((table) => ({ format, table })));

let folder: string;

beforeEach(() => {
  folder = newFolder();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Store faults in batches of this order and open what comes of it for reading. */
async function storeOf(name: string, batches: readonly (readonly DoneFault[])[], ended?: number): Promise<Store> {
  const path = join(folder, name);
  const store = await createStore(path, CAMPAIGN);
  for (const batch of batches) store.add(batch);
  if (ended !== undefined) store.setValue('ended', ended);
  store.close();
  return openStore(path, { readonly: true });
}

const made = (numbers: readonly number[]) => numbers.map((n) => doneFault(n));

async function exported(store: Store, options: ExportOptions): Promise<Buffer> {
  const path = join(folder, `out.${options.format}`);
  await exportStore(store, path, options);
  return readFileSync(path);
}

/** The rows of a sheet as objects. */
function objectsOf<Row>({
  columns,
  rows,
}: {
  columns: readonly { name: string; of: (row: Row) => unknown }[];
  rows(): Iterable<Row>;
}) {
  return [...rows()].map((row) => Object.fromEntries(columns.map(({ name, of }) => [name, of(row)])));
}

describe('every export', () => {
  test.each(EXPORTS)(
    '$format of $table has the same bytes whatever the order in which faults were run',
    async (options) => {
      using forward = await storeOf('forward', [made(numbersFrom(0, 30)), made(numbersFrom(30, 60))]);
      const shuffled = numbersFrom(0, 60).map((at) => (at * 37) % 60);
      using scattered = await storeOf(
        'scattered',
        shuffled.map((n) => made([n])),
      );
      expect(await exported(scattered, options)).toEqual(await exported(forward, options));
    },
  );

  test.each(EXPORTS)('$format of $table ends where sequential sampling ended, or the plan', async (options) => {
    const record = { ...RECORD, ended: 25 };
    using exact = await storeOf('exact', [made(numbersFrom(0, 25))], 25);
    using more = await storeOf('more', [made(numbersFrom(0, 61))], 25);
    expect(more.record).toEqual(record);
    expect(await exported(more, options)).toEqual(await exported(exact, options));
    using planned = await storeOf('planned', [made(numbersFrom(0, 60))]);
    using beyond = await storeOf('beyond', [made(numbersFrom(0, 62))]);
    expect(await exported(beyond, options)).toEqual(await exported(planned, options));
    expect(await exported(planned, options)).not.toEqual(await exported(exact, options));
  });

  test.each(EXPORTS)('$format of $table is refused where it cannot be written, and leaves nothing', async (options) => {
    using store = await storeOf('store', [made([0])]);
    mkdirSync(join(folder, 'directory'));
    const before = readdirSync(folder);
    for (const [place, reason] of [
      ['missing/out', 'no such file or directory'],
      ['directory', 'it is not a regular file'],
    ]) {
      const path = join(folder, place!);
      await expect(exportStore(store, path, options)).rejects.toEqual(new FileError(`cannot write ${path}: ${reason}`));
    }
    expect(readdirSync(folder)).toEqual(before);
  });

  test.each(EXPORTS)(
    '$format of $table leaves an old file as it is when the store turns out to be damaged',
    async (options) => {
      (await storeOf('store', [made(numbersFrom(0, 60))])).close();
      const path = join(folder, 'store');
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.fill(0x55, 6 * 4096));
      writeFileSync(join(folder, 'out'), 'old');
      using store = openStore(path, { readonly: true });
      await expect(exportStore(store, join(folder, 'out'), options)).rejects.toThrow(
        `cannot read ${path}: it is damaged`,
      );
      expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('old');
      expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
    },
  );
});

describe('CSV', () => {
  it('begins the table of outcomes with the columns of flauers', async () => {
    using store = await storeOf('store', [made([0, 1, 12])]);
    const text = (await exported(store, { format: 'csv', table: 'outcomes' })).toString();
    expect(text.split('\n').slice(0, 5)).toMatchInlineSnapshot(`
      [
        "fault_seed,dataset_seed,dataset_index,line,channel,row,col,bit,polarity,ftype,stratum,layer,product,kind,mask,tile,cycle,product_cycle,fault,n,image,class,fired,stage,masked_before,prediction,sdc1,sdc5,confidence_change,non_finite,corrupted,pattern",
        "0,42,3,b_out,6,1,2,4,3,transient,layer conv1,conv1,31,set,0x10,3,0,0,"set bit 4 to 1 of b_out at (1, 2) cycles =0 tile 3",0,3,masked,true,outputs,"pool,2",4,false,false,0.39802231546491385,false,0,",
        "0,42,7,b_out,6,1,2,4,3,transient,layer conv1,conv1,31,set,0x10,3,0,0,"set bit 4 to 1 of b_out at (1, 2) cycles =0 tile 3",0,7,sdc_1,true,,,5,true,true,,false,285,single",
        "0,42,11,b_out,6,1,2,4,3,transient,layer conv1,conv1,31,set,0x10,3,0,0,"set bit 4 to 1 of b_out at (1, 2) cycles =0 tile 3",0,11,masked,true,array,,5,false,false,,false,0,",
        "1,42,3,c,2,3,2,31,2,transient,"layer the ""second"", fc","the ""second"", fc",1,flip,0x80000000,,5,1,"flip bit 31 of c at (3, 2) cycles =5",1,3,not_fired,false,,,1,false,false,0,false,0,",
      ]
    `);
    expect(text.split('\n')).toHaveLength(1 + 2 * 3 + 1);
  });

  it('gives the faults, failed ones too', async () => {
    using store = await storeOf('store', [made([0, 1, 12])]);
    expect((await exported(store, { format: 'csv', table: 'faults' })).toString()).toMatchInlineSnapshot(`
      "n,stratum,layer,channel,product,x,y,node,kind,mask,bit,tile,cycle,product_cycle,fault,error,correct,clean_correct,corrupted,pattern
      0,layer conv1,conv1,6,31,1,2,b_out,set,0x10,4,3,0,0,"set bit 4 to 1 of b_out at (1, 2) cycles =0 tile 3",,2,3,285,single
      1,"layer the ""second"", fc","the ""second"", fc",2,1,3,2,c,flip,0x80000000,31,,5,1,"flip bit 31 of c at (3, 2) cycles =5",,1,3,0,
      12,layer conv1,conv1,7,,1,1,a,stuck_at_0,0x80,7,,,,"stuck_at_0 bit 7 of a at (1, 1)","layer ""fc"", again:
      out of memory",,,0,
      "
    `);
  });

  test.each(EXPORT_TABLES)('of %s holds every value of the store, quoted where needed', async (table) => {
    using store = await storeOf('store', [made(numbersFrom(0, 60))]);
    const [names, ...rows] = readCsv((await exported(store, { format: 'csv', table })).toString());
    const found = rows.map((row) => Object.fromEntries(row.map((cell, at) => [names![at], cell])));
    const sheet = table === 'faults' ? objectsOf(faultSheet(store)) : objectsOf(flatOutcomeSheet(store));
    const printed = sheet.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell === null ? '' : String(cell)])),
    );
    expect(found).toEqual(printed);
    expect(found).toHaveLength(table === 'faults' ? 60 : 56 * 3);
  });
});

describe('JSON', () => {
  it('is one document with everything', async () => {
    using store = await storeOf('store', [made(numbersFrom(0, 60))]);
    const document = JSON.parse((await exported(store, { format: 'json', table: 'faults' })).toString());
    expect(document).toEqual({
      campaign: RECORD,
      domains: CAMPAIGN.domains,
      clean: CAMPAIGN.clean,
      faults: objectsOf(faultSheet(store)),
      outcomes: objectsOf(outcomeSheet(store)),
    });
  });

  it('is a document before the first fault is done', async () => {
    using store = await storeOf('store', []);
    const document = JSON.parse((await exported(store, { format: 'json', table: 'faults' })).toString());
    expect([document.faults, document.outcomes]).toEqual([[], []]);
  });

  it('keeps an infinite change of confidence', async () => {
    const done = doneFault(0);
    const images = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null].map((confidenceChange, at) => ({
      ...done.outcome.images[at]!,
      image: at,
      confidenceChange,
    }));
    using store = await storeOf('store', [[{ ...done, outcome: { ...done.outcome, images } }]]);
    const { outcomes } = JSON.parse((await exported(store, { format: 'json', table: 'faults' })).toString());
    expect(outcomes.map((row: { confidence_change: unknown }) => row.confidence_change)).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      null,
    ]);
  });
});

describe('Parquet', () => {
  test.each(EXPORT_TABLES)('of %s is read by another program as it was written', async (table) => {
    using store = await storeOf('store', [made(numbersFrom(0, 60))]);
    const found = await readParquet(await exported(store, { format: 'parquet', table }));
    expect(found).toEqual(table === 'faults' ? objectsOf(faultSheet(store)) : objectsOf(flatOutcomeSheet(store)));
  });

  test.each(EXPORT_TABLES)('of %s is a table before the first fault is done', async (table) => {
    using store = await storeOf('store', []);
    expect(await readParquet(await exported(store, { format: 'parquet', table }))).toEqual([]);
  });
});

/** Read the rows; whole numbers of 64 bits as numbers. */
async function readParquet(bytes: Buffer): Promise<Record<string, unknown>[]> {
  const file = new Uint8Array(bytes).buffer;
  const rows = await parquetReadObjects({ file });
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, cell]) => [name, typeof cell === 'bigint' ? Number(cell) : cell]),
    ),
  );
}
