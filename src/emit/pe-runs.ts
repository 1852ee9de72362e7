/** PEs with consecutive indices whose sources have consecutive indices as well. */
interface Run {
  readonly first: number;
  readonly last: number;
  /** Every PE p of the run receives from PE p − offset. */
  readonly offset: number;
}

/** Group the PEs that receive from others into as few runs as there can be. */
export function runsOf(upstream: Int32Array): Run[] {
  const runs: { first: number; last: number; offset: number }[] = [];
  upstream.forEach((from, pe) => {
    if (from === -1) return;
    const current = runs.at(-1);
    if (current && current.last === pe - 1 && current.offset === pe - from) current.last = pe;
    else runs.push({ first: pe, last: pe, offset: pe - from });
  });
  return runs;
}
