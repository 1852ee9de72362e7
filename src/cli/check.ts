import { openRtl } from '../backend/open.ts';
import { describeDifference } from '../check/compare.ts';
import { crossCheck } from '../check/cross-check.ts';
import { describeMismatch, type Mismatch } from '../check/mismatch.ts';
import { replayCase } from '../check/replay-case.ts';
import type { Tally } from '../check/tally.ts';
import type { Design } from '../design/design.ts';
import { EspalierError, EXIT } from '../errors.ts';
import { formatFault } from '../spec/format.ts';
import { openArray } from './array.ts';
import type { Action } from './program.ts';
import type { Session } from './session.ts';
import { count } from './text.ts';

interface Flags {
  readonly trials: number;
  readonly seed: number;
  readonly rtl: boolean;
  readonly output: string;
  readonly replay?: string;
}

/** What `espalier check --json` prints. */
export interface CheckDocument {
  readonly array: string;
  readonly hash: string;
  /** The models that were compared. */
  readonly models: readonly string[];
  readonly seed: number;
  /** Whether all models agreed in all trials. */
  readonly equal: boolean;
  /** What the trials exercised; null for a replayed case. */
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
  if ((spec === undefined) === (flags.replay === undefined)) {
    throw new EspalierError('check takes either a spec or --replay FILE');
  }
  if (flags.replay !== undefined) return replay(session, flags.replay, flags.rtl);
  const { design } = openArray(spec!);
  const rtl = flags.rtl ? await openTraced(session, design) : null;
  try {
    const report = await crossCheck(design, {
      trials: flags.trials,
      seed: flags.seed,
      rtl,
      directory: flags.output,
      signal: session.signal,
      onProgress: (done, total) => session.progress.tell(`${done} of ${count(total, 'trial')}`, done, total),
    });
    const { array, designHash: hash, models, seed, tally, mismatch } = report;
    const document: CheckDocument = {
      array,
      hash,
      models,
      seed,
      equal: mismatch === null,
      tally,
      mismatch: mismatch && mismatchDocument(mismatch),
    };
    session.report(document, [
      ...describeTally(tally),
      ...(mismatch ? describeMismatch(mismatch) : [`${array}: ${models.join(', ')} agree bit for bit (seed ${seed})`]),
    ]);
    if (mismatch) session.finish(EXIT.mismatch);
  } finally {
    await rtl?.close();
  }
};

async function replay(session: Session, path: string, withRtl: boolean): Promise<void> {
  const { design, seed, trial, checkCase, differences } = await replayCase(path, {
    signal: session.signal,
    ...(withRtl && { openRtl: (array: Design) => openTraced(session, array) }),
  });
  const models = ['reference', 'functional', 'cycle', ...(withRtl ? ['rtl'] : [])];
  const sentences = differences.map(describeDifference);
  const equal = sentences.length === 0;
  const document: CheckDocument = {
    array: design.name,
    hash: design.hash,
    models,
    seed,
    equal,
    tally: null,
    mismatch: equal
      ? null
      : { trial, faults: checkCase.faults.map(formatFault), differences: sentences, replayFile: path, vcdFile: null },
  };
  session.report(document, equal ? [`${design.name}: ${models.join(', ')} agree on the case of ${path}`] : sentences);
  if (!equal) session.finish(EXIT.mismatch);
}

function openTraced({ signal, progress }: Session, design: Design) {
  return openRtl(design, { trace: true, signal, onProgress: progress.tell });
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

function describeTally({ trials, tiled, reentered, peCycles, faults, resultChanged }: Tally): string[] {
  return [
    `${count(trials, 'trial')} agreed: ${tiled.toLocaleString('en')} of several tiles, ${reentered.toLocaleString('en')} with partial sums that re-entered, ${count(peCycles, 'PE-cycle')}`,
    `${count(faults.total, 'fault')}, of which ${faults.fired.toLocaleString('en')} changed a bit; they changed the result of ${count(resultChanged, 'trial')}`,
  ];
}
