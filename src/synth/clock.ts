/** How fast an array runs on a device, as placement and routing found it. */
export interface ClockReport {
  readonly megahertz: number;
  /** Logic cells of the device that are used, with the registers between array and pins. */
  readonly logicCells: number;
  /** The slowest path: its cells at both ends, its length, and its share in wires. */
  readonly criticalPath: {
    readonly from: string;
    readonly to: string;
    readonly nanoseconds: number;
    readonly routingShare: number;
    readonly steps: number;
  };
}

/** The part of nextpnr's report that is used here. */
interface NextpnrReport {
  readonly fmax: Readonly<Record<string, { readonly achieved: number }>>;
  readonly utilization: Readonly<Record<string, { readonly used: number }>>;
  readonly critical_paths: readonly {
    readonly from: string;
    readonly to: string;
    readonly path: readonly {
      readonly type: string;
      readonly delay: number;
      readonly from: { readonly cell: string };
      readonly to: { readonly cell: string };
    }[];
  }[];
}

/** Read the report of nextpnr on a design with one clock. */
export function readClockReport(text: string): ClockReport {
  const { fmax, utilization, critical_paths: paths }: NextpnrReport = JSON.parse(text);
  const [clock] = Object.entries(fmax);
  // Paths from one clock edge to the next name the clock on both sides; those to and from pins do not.
  const { path } = paths.find(({ from, to }) => from === to && from.includes(clock![0]))!;
  const length = (steps: typeof path) => steps.reduce((sum, { delay }) => sum + delay, 0);
  return {
    megahertz: clock![1].achieved,
    logicCells: utilization['ICESTORM_LC']!.used,
    criticalPath: {
      from: registerOf(path[0]!.to.cell),
      to: registerOf(path.at(-1)!.to.cell),
      nanoseconds: length(path),
      routingShare: length(path.filter(({ type }) => type === 'routing')) / length(path),
      steps: path.length,
    },
  };
}

/** The register in a logic cell, whose name is that of the LUT before it where both are in one cell. */
function registerOf(cell: string): string {
  return cell.replace(/_SB_.*$/, '').replace(/_d$/, '_q');
}
