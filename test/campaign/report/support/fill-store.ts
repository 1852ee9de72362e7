import { DatabaseSync } from 'node:sqlite';
import { MASKED_STAGES, PATTERNS } from '../../../../src/campaign/outcome.ts';
import { SCHEMA } from '../../../../src/campaign/store/schema.ts';
import { randomStream } from '../../../../src/check/random.ts';
import { FAULT_KINDS } from '../../../../src/fault/fault.ts';
import { forEachEarliestPoint, kernelVector, placeOf } from '../../../../src/projection/geometry.ts';
import type { Matrix3 } from '../../../../src/projection/space-time.ts';
import { deadBy, harmOf, type MadeFault } from './made-fault.ts';

/** What to make up. */
export interface MadeCampaign {
  readonly faults: number;
  readonly images: number;
  readonly matrix: Matrix3;
  readonly size: readonly [number, number, number];
  readonly layers: readonly string[];
  /** Cycles of a product for transient faults; null for permanent ones. */
  readonly cycles: number | null;
  readonly labels: boolean;
  /** Strata by layer, or one for all. */
  readonly byLayer: boolean;
  /** Other keys of the table `campaign`. */
  readonly keys?: Readonly<Record<string, unknown>>;
  /** Run every n-th fault into an error; 0 for none. */
  readonly errorEvery?: number;
  /** Run only so many of the faults. */
  readonly done?: number;
}

export const OUTPUT_STATIONARY: Matrix3 = [
  [1, 0, 0],
  [0, 1, 0],
  [1, 1, 1],
];
export const NO_LOCAL_REUSE: Matrix3 = [
  [-1, 1, 0],
  [0, -1, 1],
  [1, 1, 1],
];

export const SMALL: MadeCampaign = {
  faults: 300,
  images: 20,
  matrix: OUTPUT_STATIONARY,
  size: [4, 4, 4],
  layers: ['conv1', 'conv2', 'fc'],
  cycles: null,
  labels: true,
  byLayer: false,
};

const WIDTHS = { a: 8, b: 8, c: 32, a_out: 8, b_out: 8, c_in: 32 } as const;
const NODES = Object.keys(WIDTHS) as (keyof typeof WIDTHS)[];
const KINDS = FAULT_KINDS.slice(0, 2);

/** Fill a store with plausible data; the same campaign gives the same rows. */
export function fillStore(path: string, made: MadeCampaign): void {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF');
  db.exec(SCHEMA);
  db.exec('BEGIN');
  const random = randomStream(7, 'store');
  const pes = pesOf(made);
  const domains = new Map<string, { live: number; dead: number }>();
  const strata = (made.byLayer ? made.layers : ['all']).map((label) => ({ label, live: 0, dead: 0, planned: 0 }));
  const live: MadeFault[][] = strata.map(() => []);
  const copies = made.cycles ?? 1;
  forEachFault(made, pes, (fault) => {
    const dead = deadBy(fault, pes);
    for (const key of dimensionsOf(fault, made)) {
      const counts = domains.get(key) ?? { live: 0, dead: 0 };
      domains.set(key, counts);
      counts[dead ? 'dead' : 'live'] += copies;
    }
    strata[fault.stratum]![dead ? 'dead' : 'live'] += copies;
    if (!dead) live[fault.stratum]!.push(fault);
  });
  const domain = db.prepare('INSERT INTO domains VALUES (?, ?, ?, ?)');
  for (const [key, counts] of domains) {
    const [dimension, value] = key.split('|') as [string, string];
    domain.run(dimension, value, counts.live, counts.dead);
  }
  const clean = db.prepare('INSERT INTO clean VALUES (?, ?, ?, ?, ?)');
  const right = Array.from({ length: made.images }, () => (random.chance(19, 20) ? 1 : 0));
  for (const layer of made.layers.keys()) {
    for (const [image, correct] of right.entries()) clean.run(layer, image, 3, 0.9, made.labels ? correct : null);
  }
  const taken = new Set<string>();
  for (let n = 0; n < made.faults; n++) {
    const stratum = n % strata.length;
    strata[stratum]!.planned++;
    if (n >= (made.done ?? made.faults)) continue;
    let fault: MadeFault;
    let cycle: number | null;
    let id: string;
    do {
      fault = random.pick(live[stratum]!);
      cycle = made.cycles === null ? null : random.int(0, made.cycles - 1);
      id = JSON.stringify([fault, cycle]);
    } while (taken.has(id));
    taken.add(id);
    insertFault(db, made, random, right, { n, fault, cycle });
  }
  const put = db.prepare('INSERT INTO campaign VALUES (?, ?)');
  const keys = { ...keysOf(made, pes), strata, ...made.keys };
  for (const [key, value] of Object.entries(keys)) put.run(key, JSON.stringify(value));
  db.exec('COMMIT');
  db.close();
}

function insertFault(
  db: DatabaseSync,
  { images, labels, errorEvery = 0 }: MadeCampaign,
  random: ReturnType<typeof randomStream>,
  right: readonly number[],
  { n, fault, cycle }: { n: number; fault: MadeFault; cycle: number | null },
): void {
  const failed = errorEvery > 0 && n % errorEvery === errorEvery - 1;
  const { layer, x, y, node, kind, bit, stratum } = fault;
  const outcome = db.prepare('INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const harm = harmOf(fault) * (cycle === null ? 1 : 0.4 * (1 - cycle / 400));
  const fires = random.int(3, 10);
  let correct = 0;
  for (let image = 0; image < (failed ? 0 : images); image++) {
    const draw = random.int(0, 9999) / 10_000;
    const fired = random.int(1, 10) <= fires;
    const sdc1 = fired && draw < harm;
    const masked = fired && draw > 2.5 * harm + 0.05;
    const stage = masked ? random.int(0, MASKED_STAGES.length - 1) : null;
    const wrong = fired && !(masked && stage === 0);
    const change = !fired || masked ? 0 : (random.int(-100, 40) / 100) * (sdc1 ? 1 : 0.3);
    const infinite = sdc1 && random.chance(1, 40);
    correct += right[image]! && !sdc1 ? 1 : 0;
    outcome.run(
      n,
      image,
      Number(fired),
      stage,
      stage === MASKED_STAGES.indexOf('later') ? random.pick(['relu3', 'pool2']) : null,
      sdc1 ? 5 : 3,
      Number(sdc1),
      Number(sdc1 && random.chance(1, 3)),
      infinite ? null : change,
      Number(infinite),
      wrong ? 12 : 0,
      wrong ? random.int(0, PATTERNS.length - 1) : null,
    );
  }
  const cleanCorrect = right.reduce((sum, one) => sum + one, 0);
  const where = cycle === null ? '' : ` cycles =${cycle}`;
  db.prepare('INSERT INTO faults VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
    n,
    stratum,
    layer,
    null,
    cycle === null ? null : 0,
    x,
    y,
    node,
    kind,
    `0x${(1n << BigInt(bit)).toString(16)}`,
    bit,
    null,
    cycle,
    cycle,
    `${kind} bit ${bit} of ${node} at (${x}, ${y})${where}`,
    failed ? 'onnxruntime: out of memory' : null,
    labels ? correct : null,
    labels ? cleanCorrect : null,
    12,
    failed ? null : 0,
  );
}

function pesOf({ matrix, size }: MadeCampaign): [number, number][] {
  const pes: [number, number][] = [];
  forEachEarliestPoint(size, kernelVector(matrix), (i, j, k) => {
    const [x, y] = placeOf(matrix, [i, j, k]);
    pes.push([x, y]);
  });
  return pes;
}

function forEachFault({ layers, byLayer }: MadeCampaign, pes: [number, number][], visit: (fault: MadeFault) => void) {
  for (const layer of layers.keys())
    for (const node of NODES)
      for (let bit = 0; bit < WIDTHS[node]; bit++)
        for (const kind of KINDS)
          for (const [x, y] of pes) visit({ stratum: byLayer ? layer : 0, layer, node, bit, kind, x, y });
}

function dimensionsOf({ stratum, layer, node, kind, bit, x, y }: MadeFault, { layers }: MadeCampaign): string[] {
  return [
    'all|',
    `layer|${layers[layer]}`,
    `node|${node}`,
    `kind|${kind}`,
    `bit|${bit}`,
    `pe|${x},${y}`,
    `stratum|${stratum}`,
  ];
}

function keysOf(made: MadeCampaign, pes: readonly [number, number][]): Record<string, unknown> {
  return {
    format: 1,
    name: 'digits',
    file: 'digits.campaign',
    text: 'campaign digits {\n  array os\n  model "digits.onnx"\n  faults <all> & "more"\n}\n',
    seed: 42,
    versions: { espalier: '0.1.0', node: '24.21.0', onnxruntime: '1.30.0', processor: 'x64, made up' },
    backend: 'functional',
    ownPieces: [],
    hashes: {
      campaign: 'c0ffee',
      design: 'de5167',
      model: '30de1',
      data: 'da7a',
      labels: made.labels ? '1abe1' : null,
    },
    array: {
      name: 'os',
      text: 'array os {\n}\n',
      size: made.size,
      matrix: made.matrix,
      types: { a: 'int8', b: 'int8', c: 'int32' },
      pes,
    },
    layers: made.layers,
    images: Array.from({ length: made.images }, (_, at) => at),
    window: made.cycles === null ? 'permanent' : 'transient',
    sampling: { method: 'count', count: made.faults, each: false },
    confidence: 0.95,
    confidenceChanges: [0.1, 0.2],
    planned: made.faults,
  };
}
