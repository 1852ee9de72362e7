import { isDtype } from '../dtype/dtype.ts';
import { EspalierError, ProjectionError } from '../errors.ts';
import { formatMatrix, LINES, PRESETS, projectionProblems } from '../projection/space-time.ts';
import { FAULT_SLOTS, isPreset, nameProblems, sideRule, unknownDtype, unknownPreset } from './array-rules.ts';
import type { ArraySpec } from './array-spec.ts';
import { integerProblem, show } from './wording.ts';

/**
 * Refuse an array that the spec language would refuse, for specs that a program makes.
 *
 * @throws {ProjectionError} when only the projection is wrong.
 * @throws {EspalierError} with every problem of the spec.
 */
export function assertArraySpec(spec: ArraySpec): void {
  const ofProjection = problemsOfProjection(spec.projection);
  const others = [
    ...problemsOfName(spec.name),
    ...problemsOfSize(spec.size),
    ...problemsOfTypes(spec.types),
    integerProblem(FAULT_SLOTS, spec.faultSlots),
    problemOfProductRegister(spec.productRegister),
  ].filter((problem) => problem !== null);
  if (others.length > 0) throw new EspalierError([...others, ...ofProjection].join('; '));
  if (ofProjection.length > 0) throw new ProjectionError(ofProjection.join('; '));
}

function problemsOfName(name: unknown): string[] {
  return typeof name === 'string' ? nameProblems(name) : [`an array name is a string, received ${show(name)}`];
}

function problemsOfSize(size: unknown): (string | null)[] {
  if (!isTriple(size)) return [`a size has three sides, received ${show(size)}`];
  return [0, 1, 2].map((index) => integerProblem(sideRule(index), size[index]));
}

function problemsOfTypes(types: Partial<ArraySpec['types']> | undefined): string[] {
  return LINES.filter((line) => !isDtype(String(types?.[line]))).map((line) =>
    unknownDtype(String(types?.[line]), ` of line ${line}`),
  );
}

function problemOfProductRegister(productRegister: unknown): string | null {
  if (typeof productRegister === 'boolean') return null;
  return `the product register must be true or false, received ${show(productRegister)}`;
}

function problemsOfProjection(projection: Partial<ArraySpec['projection']> | undefined): string[] {
  const { preset = null, matrix } = projection ?? {};
  const problems = preset === null || isPreset(preset) ? [] : [unknownPreset(preset)];
  if (!isTriple(matrix) || !matrix.every(isTriple)) {
    return [...problems, `a projection matrix has three rows of three entries, received ${show(matrix)}`];
  }
  problems.push(...projectionProblems(matrix));
  if (problems.length > 0 || preset === null) return problems;
  const [meant, received] = [formatMatrix(PRESETS[preset]), formatMatrix(matrix)];
  return meant === received ? [] : [`the projection ${preset} has the matrix ${meant}, received ${received}`];
}

function isTriple(value: unknown): value is readonly [unknown, unknown, unknown] {
  return Array.isArray(value) && value.length === 3;
}
