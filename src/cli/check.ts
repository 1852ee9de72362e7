import { defaultArchitecture } from '../backend/default-architecture.ts';
import type { Architecture } from '../backend/machine-design.ts';
import { openRtl } from '../backend/open.ts';
import { checkOperators } from '../check/check-operators.ts';
import { describeDifference } from '../check/compare.ts';
import { crossCheck } from '../check/cross-check.ts';
import { describeMismatch, type Mismatch } from '../check/mismatch.ts';
import { describeOperatorReport, type OperatorReport } from '../check/operator-report.ts';
import { replayCase } from '../check/replay-case.ts';
import type { Tally } from '../check/tally.ts';
import type { Design } from '../design/design.ts';
import { ownOperators } from '../emit/forms.ts';
import { EspalierError, EXIT } from '../errors.ts';
import { grouped } from '../number-text.ts';
import { formatFault } from '../spec/format.ts';
import { openArray } from './array.ts';
import type { Action } from './program.ts';
import type { Session } from './session.ts';
import { count } from './text.ts';

interface Flags {
  readonly trials: number;
  readonly seed: number;
  readonly rtl: boolean;
  readonly architecture?: Architecture;
  readonly replay?: string;
  readonly output: string;
}

/** What `espalier check --json` prints. */
export interface CheckDocument {
  readonly array: string;
  readonly hash: string;
  /** How the Verilog and the function of each own operator compare; empty without RTL and for a replayed case. */
  readonly operators: readonly OperatorReport[];
  /** The models that were compared; none where an operator's halves differ. */
  readonly models: readonly string[];
  /** How the Verilog was simulated: as it is synthesised, or by the rolled model of its grid; null without it. */
  readonly architecture: Architecture | null;
  readonly seed: number;
  /** Whether the halves of all operators agreed, and all models in all trials. */
  readonly equal: boolean;
  /** What the trials exercised; null for a replayed case and where an operator's halves differ. */
  readonly tally: Tally | null;
  readonly mismatch: MismatchDocument | null;
}

/** The smallest case found on which models differ. */
export interface MismatchDocument {
  readonly trial: number;
  readonly faults: readonly string[];
  readonly differences: readonly string[];
  /** Null where none was written. */
  readonly replayFile: string | null;
  readonly vcdFile: string | null;
}

export const check: Action<[spec?: string], Flags> = async (session, [spec], flags) => {
  if (flags.replay !== undefined && spec === undefined) return replay(session, flags.replay, flags);
  if (spec === undefined || flags.replay !== undefined) {
    throw new EspalierError('check takes either a spec or --replay FILE');
  }
  const { design } = openArray(spec);
  const operators = flags.rtl ? await compareOperators(session, design, flags) : [];
  if (operators.some(({ mismatch }) => mismatch !== null)) {
    reportDifferingHalves(session, design, flags, operators);
    return;
  }
  const rtl = flags.rtl ? await openTraced(session, design, flags) : null;
  try {
    const report = await crossCheck(design, {
      trials: flags.trials,
      seed: flags.seed,
      rtl,
      directory: flags.output,
      signal: session.signal,
      onProgress: (done, total) => session.progress.tell(count(total, 'trial'), done, total),
    });
    const { models, seed, tally, mismatch } = report;
    const document: CheckDocument = {
      ...compared(design, flags),
      operators,
      models,
      seed,
      equal: mismatch === null,
      tally,
      mismatch: mismatch && mismatchDocument(mismatch),
    };
    const verdict = mismatch ? describeMismatch(mismatch) : [`${describeModels(document)} agree bit for bit`];
    const left = flags.rtl ? [] : ownOperators(design).map(notCompared);
    session.report(document, [
      ...operators.flatMap(describeOperatorReport),
      ...left,
      ...describeTally(tally),
      ...verdict,
    ]);
    if (mismatch) session.finish(EXIT.mismatch);
  } finally {
    await rtl?.close();
  }
};

function notCompared({ name }: { readonly name: string }): string {
  return `the two halves of ${name} were not held against each other, which takes the RTL`;
}

function compareOperators(session: Session, design: Design, flags: Flags): Promise<OperatorReport[]> {
  const { signal, progress } = session;
  return checkOperators(design, {
    seed: flags.seed,
    openRtl: (probe) => openTraced(session, probe, flags),
    signal,
    onProgress: ({ kind, name }, done, total) => progress.tell(`${kind} ${name}`, done, total),
  });
}

/** Models that compute with different operators differ anyway, so there is nothing to try. */
function reportDifferingHalves(
  session: Session,
  design: Design,
  flags: Flags,
  operators: readonly OperatorReport[],
): void {
  const outcome = { operators, models: [], seed: flags.seed, equal: false, tally: null, mismatch: null };
  const document: CheckDocument = { ...compared(design, flags), ...outcome };
  session.report(document, [...operators.flatMap(describeOperatorReport), 'no trials were run']);
  session.finish(EXIT.mismatch);
}

async function replay(session: Session, path: string, flags: Flags): Promise<void> {
  const { design, seed, trial, checkCase, differences } = await replayCase(path, {
    signal: session.signal,
    ...(flags.rtl && { openRtl: (array: Design) => openTraced(session, array, flags) }),
  });
  const sentences = differences.map(describeDifference);
  const equal = sentences.length === 0;
  const faults = checkCase.faults.map(formatFault);
  const document: CheckDocument = {
    ...compared(design, flags),
    operators: [],
    models: ['reference', 'functional', 'cycle', ...(flags.rtl ? ['rtl'] : [])],
    seed,
    equal,
    tally: null,
    mismatch: equal ? null : { trial, faults, differences: sentences, replayFile: path, vcdFile: null },
  };
  session.report(document, equal ? [`${describeModels(document)} agree on the case of ${path}`] : sentences);
  if (!equal) session.finish(EXIT.mismatch);
}

function openTraced({ signal, progress }: Session, design: Design, { architecture }: Flags) {
  return openRtl(design, { architecture, trace: true, signal, onProgress: progress.tell });
}

function compared(
  design: Design,
  { rtl, architecture = defaultArchitecture(design) }: Flags,
): Pick<CheckDocument, 'array' | 'hash' | 'architecture'> {
  return { array: design.name, hash: design.hash, architecture: rtl ? architecture : null };
}

function mismatchDocument({ trial, checkCase, differences, replayPath, vcdPath }: Mismatch): MismatchDocument {
  return {
    trial,
    faults: checkCase.faults.map(formatFault),
    differences: differences.map(describeDifference),
    replayFile: replayPath,
    vcdFile: vcdPath,
  };
}

function describeModels({ array, models, architecture, seed }: CheckDocument): string {
  const form = architecture === 'rolled' ? 'rolled, the form for simulation' : architecture;
  const names = models.map((name) => (name === 'rtl' ? `rtl (${form})` : name));
  return `${array}, seed ${seed}: ${names.join(', ')}`;
}

function describeTally({ trials, tiled, reentered, peCycles, faults, resultChanged }: Tally): string[] {
  const tiles = `${grouped(tiled)} of several tiles`;
  const sums = `${grouped(reentered)} with partial sums that re-entered`;
  const fired = `${grouped(faults.fired)} changed a bit`;
  return [
    `${count(trials, 'trial')} agreed: ${tiles}, ${sums}; ${count(peCycles, 'PE-cycle')}`,
    `${count(faults.total, 'fault')}, of which ${fired}; they changed the result of ${count(resultChanged, 'trial')}`,
  ];
}
