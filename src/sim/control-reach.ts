import type { Design, Network } from '../design/design.ts';
import { FAULT_KINDS, FAULT_NODES } from '../fault/fault.ts';
import type { FaultDrive } from '../schedule/beats.ts';
import { sumPoints } from './reach.ts';
import type { ReachedStep } from './tile-reach.ts';

/** List what a fault in a control token or in the shadow chain can change in a tile that starts in cycle 0. */
export function* controlReach(design: Design, drive: FaultDrive): Generator<ReachedStep> {
  const isHit = (cycle: number) => cycle >= drive.firstCycle && cycle <= drive.lastCycle;
  switch (FAULT_NODES[drive.nodeCode]) {
    case 'first':
      yield* firstReach(design, drive, isHit);
      break;
    case 'last':
      yield* lastReach(design, drive, isHit);
      break;
    default:
      for (const { cycle, step } of passagesAt(design, drive.peIndex)) if (isHit(cycle)) yield step;
  }
}

type IsHit = (cycle: number) => boolean;

/** A wrong `first` makes a PE keep what it has instead of a load, or load again what the chain happens to hold. */
function* firstReach(design: Design, drive: FaultDrive, isHit: IsHit): Generator<ReachedStep> {
  for (const { pe, delay } of tokenPath(design, drive.peIndex)) {
    let changed = false;
    for (const [n, { cycle, output }] of stepsAt(design, pe).entries()) {
      if (isHit(cycle - delay) && changesToken(drive, n === 0)) changed = true;
      // A stationary operand stays wrong from then on; of a stationary sum there is only the one.
      if (changed) yield { pe, output };
    }
  }
}

/** A wrong `last` leaves a sum behind, or puts a sum that is not finished in the place of what passes on the chain. */
function* lastReach(design: Design, drive: FaultDrive, isHit: IsHit): Generator<ReachedStep> {
  for (const { pe, delay } of tokenPath(design, drive.peIndex)) {
    for (const { cycle, step, isOwn } of passagesAt(design, pe)) {
      if (isHit(cycle - design.planeLagCycles - delay) && changesToken(drive, isOwn)) yield step;
    }
  }
}

/** The PEs that a token passes from one on, with the cycles until it arrives. */
export function* tokenPath({ lines, tokens }: Design, from: number): Generator<{ pe: number; delay: number }> {
  const { network, delayCycles } = lines[tokens!.carrier];
  for (const { pe, hops } of walk(network!.downstream, from)) yield { pe, delay: hops * delayCycles };
}

/** Whether a fault can change a token that should be set, or one that should be clear. */
function changesToken({ kindCode, value }: FaultDrive, isSet: boolean): boolean {
  const kind = FAULT_KINDS[kindCode]!;
  if (kind === 'flip') return true;
  return isSet === (kind === 'stuck_at_0' || (kind === 'set' && value === 0n));
}

/** The steps of a PE in the order of time, on the a/b plane; all of them use the stationary value. */
function stepsAt(design: Design, pe: number): { readonly cycle: number; readonly output: number }[] {
  const n2 = design.spec.size[1];
  return sumPoints(design, pe).map(({ point: [i, j], cycle }) => ({ cycle, output: (i - 1) * n2 + j - 1 }));
}

/** Something that counts passing a PE on the shadow chain, in the cycle in which the PE's chain register takes it. */
export interface Passage {
  readonly cycle: number;
  readonly step: ReachedStep;
  /** Whether it is the sum of this very PE, put on the chain by `last`. */
  readonly isOwn: boolean;
}

/** List the loads and results that pass the chain register of a PE, once for every output that depends on them. */
export function* passagesAt(design: Design, pe: number): Generator<Passage> {
  const chain = design.shadow!;
  const { drains, delayCycles } = chain;
  const lag = drains ? design.planeLagCycles : 0;
  for (const { pe: target, hops } of walk(chain.downstream, pe)) {
    // A PE loads from the wire, ahead of its own chain register.
    if (hops === 0) continue;
    const steps = stepsAt(design, target);
    const cycle = steps[0]!.cycle + lag - hops * delayCycles;
    for (const { output } of steps) yield { cycle, step: { pe: target, output }, isOwn: false };
  }
  if (!drains) return;
  for (const { pe: source, hops } of walk(chain.upstream, pe)) {
    const last = stepsAt(design, source).at(-1)!;
    const cycle = last.cycle + design.lines.c.delayCycles + lag + hops * delayCycles;
    // The sum was right where it comes from; it changes here, on its way out.
    yield { cycle, step: { pe, output: last.output }, isOwn: hops === 0 };
  }
}

function* walk(next: Network['downstream'], from: number): Generator<{ pe: number; hops: number }> {
  for (let pe = from, hops = 0; pe !== -1; pe = next[pe]!, hops++) yield { pe, hops };
}
