import { type DoctorReport, doctor as examine } from '../backend/doctor.ts';
import { EXIT } from '../errors.ts';
import type { Action } from './program.ts';
import { table } from './text.ts';

interface Flags {
  readonly strict?: boolean;
}

/** What `espalier doctor --json` prints. */
export type DoctorDocument = DoctorReport;

export const doctor: Action<[], Flags> = async (session, _, { strict }) => {
  const report: DoctorDocument = await examine();
  session.report(report, describe(report));
  if (strict && report.abilities.some(({ works }) => !works)) session.finish(EXIT.refused);
};

function describe({ tools, abilities, cache, remedy }: DoctorReport): string[] {
  return [
    ...table(tools.map(({ name, version, problem, path }) => [name, problem ?? version ?? '', path ?? ''])),
    '',
    ...abilities.map(({ ability, works, needs }) =>
      works ? `works: ${ability}` : `no: ${ability} (needs ${needs.join(', ')})`,
    ),
    '',
    `build cache: ${cache.path}${cache.problem === null ? '' : ` (${cache.problem})`}`,
    ...(remedy === null ? [] : [`to install what is missing: ${remedy}`]),
  ];
}
