import type { OperandWork } from './operand-work.ts';

/** Outputs of one row (of line b: column) that all take the same changed elements. */
export interface OperandSegment {
  /** The row of A or column of B. */
  readonly fixed: number;
  /** Columns (of line b: rows) of R, relative to each of `freeStarts`, both included; none when first > last. */
  readonly first: number;
  readonly last: number;
  readonly freeStarts: readonly number[];
  /** Where in the inner dimension the changed elements lie; from K on it is padding. */
  readonly depths: Int32Array;
}

interface Part {
  readonly first: number;
  readonly last: number;
  readonly depths: readonly number[];
}

/**
 * Part what a fault does to an operand so that every output is in one segment, with everything that reaches it.
 * @param freeCount columns (of line b: rows) of R; what lies beyond is padding and reached by nothing
 */
export function operandSegments(work: readonly OperandWork[], freeCount: number): OperandSegment[] {
  const byLine = new Map<number, { freeStarts: readonly number[]; parts: Part[] }[]>();
  for (const { fixedStart, freeStarts, depths, groups } of work) {
    for (const { fixed, first, last, ks } of groups) {
      const part = { first, last, depths: depths.flatMap((start) => ks.map((k) => start + k)) };
      const line = byLine.get(fixedStart + fixed) ?? [];
      byLine.set(fixedStart + fixed, line);
      const same = line.find((entry) => `${entry.freeStarts}` === `${freeStarts}`);
      if (same) same.parts.push(part);
      else line.push({ freeStarts, parts: [part] });
    }
  }
  return [...byLine].flatMap(([fixed, entries]) =>
    entries.flatMap(({ freeStarts, parts }) =>
      cut(parts).map((part) => {
        const starts = freeStarts.filter((start) => start + part.first < freeCount);
        return starts.length > 0
          ? { fixed, freeStarts: starts, ...part }
          : { fixed, freeStarts: starts, first: 0, last: -1, depths: part.depths };
      }),
    ),
  );
}

/** Cut overlapping parts at their ends. */
function cut(parts: readonly Part[]): Pick<OperandSegment, 'first' | 'last' | 'depths'>[] {
  const idle = parts.filter(({ first, last }) => first > last);
  const busy = parts.filter(({ first, last }) => first <= last);
  const edges = [...new Set(busy.flatMap(({ first, last }) => [first, last + 1]))].sort((p, q) => p - q);
  const segments = edges.slice(0, -1).map((first, n) => {
    const last = edges[n + 1]! - 1;
    const depths = busy.filter((part) => part.first <= first && part.last >= last).flatMap((part) => part.depths);
    return { first, last, depths: Int32Array.from(depths) };
  });
  const reached = segments.filter(({ depths }) => depths.length > 0);
  return [...reached, ...idle.map(({ first, last, depths }) => ({ first, last, depths: Int32Array.from(depths) }))];
}
