import { DatabaseSync } from 'node:sqlite';
import { MASKED_STAGES, PATTERNS } from '../../../../src/campaign/outcome.ts';
import { SCHEMA } from '../../../../src/campaign/store/schema.ts';

/** What a fault did to one image, in short: `-` not fired, a stage, `n` non-critical or `s` SDC-1. */
export type Result = '-' | (typeof MASKED_STAGES)[number] | 'n' | 's';

export interface HandFault {
  readonly stratum?: number;
  readonly node?: string;
  readonly bit?: number;
  readonly mask?: string;
  readonly results: readonly Result[];
  readonly confidenceChange?: number | null;
  readonly nonFinite?: boolean;
  readonly error?: string;
  readonly correct?: number;
  /** Left out when it is not done yet. */
  readonly todo?: boolean;
}

export interface HandStore {
  readonly faults: readonly HandFault[];
  readonly strata: readonly { readonly label: string; readonly live: number; readonly dead: number }[];
  readonly domains?: readonly (readonly [dimension: string, value: string, live: number, dead: number])[];
  readonly keys?: Readonly<Record<string, unknown>>;
}

/** Two images, one layer and one PE; faults are numbered as they come. */
export function writeHandStore(path: string, { faults, strata, domains = [], keys = {} }: HandStore): void {
  const db = new DatabaseSync(path);
  db.exec(SCHEMA);
  const put = db.prepare('INSERT INTO campaign VALUES (?, ?)');
  const planned = strata.map((stratum, at) => ({
    ...stratum,
    planned: faults.filter((fault) => (fault.stratum ?? 0) === at).length,
  }));
  const record = { ...RECORD, strata: planned, planned: faults.length, ...keys };
  for (const [key, value] of Object.entries(record)) put.run(key, JSON.stringify(value));
  for (const domain of domains) db.prepare('INSERT INTO domains VALUES (?, ?, ?, ?)').run(...domain);
  for (const image of [0, 1]) db.prepare('INSERT INTO clean VALUES (0, ?, 3, 0.9, 1)').run(image);
  for (const [n, fault] of faults.entries()) if (!fault.todo) insert(db, n, fault);
  db.close();
}

function insert(db: DatabaseSync, n: number, fault: HandFault): void {
  const { stratum = 0, node = 'c', bit = null, mask = '0x3', results, error = null, correct = 2 } = fault;
  db.prepare(
    'INSERT INTO faults VALUES (?, ?, 0, NULL, NULL, 1, 1, ?, ?, ?, ?, NULL, NULL, NULL, ?, ?, ?, 2, 0, NULL)',
  ).run(
    ...[n, stratum, node, 'flip', bit === null ? mask : `0x${(1 << bit).toString(16)}`, bit],
    ...[`flip of fault ${n}`, error, correct],
  );
  for (const [image, result] of results.entries()) {
    const stage = MASKED_STAGES.indexOf(result as never);
    const changed = result === 'n' || result === 's';
    db.prepare('INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, 3, ?, 0, ?, ?, 1, ?)').run(
      ...[n, image, Number(result !== '-'), stage < 0 ? null : stage, result === 'later' ? 'fc' : null],
      ...[Number(result === 's'), fault.confidenceChange ?? (fault.nonFinite ? null : 0)],
      ...[Number(fault.nonFinite ?? false), changed ? PATTERNS.indexOf('row') : null],
    );
  }
}

const RECORD = {
  format: 1,
  name: 'tiny',
  file: 'tiny.campaign',
  text: 'campaign tiny {}\n',
  seed: 1,
  versions: { espalier: '0.1.0', node: '24.21.0', onnxruntime: '1.30.0', processor: 'x64, made up' },
  backend: 'functional',
  ownPieces: [],
  hashes: { campaign: 'aa', design: 'bb', model: 'cc', data: 'dd', labels: 'ee' },
  array: {
    name: 'os',
    text: 'array os {\n}\n',
    size: [1, 1, 1],
    matrix: [
      [1, 0, 0],
      [0, 1, 0],
      [1, 1, 1],
    ],
    types: { a: 'int8', b: 'int8', c: 'int32' },
    pes: [[1, 1]],
  },
  layers: ['fc'],
  images: [0, 1],
  window: 'permanent',
  sampling: { method: 'exhaustive' },
  confidence: 0.95,
  confidenceChanges: [0.1],
};
