import { isDtype } from '../dtype/dtype.ts';
import { OPERATOR_KINDS } from '../dtype/operator.ts';
import { EspalierError, ProjectionError } from '../errors.ts';
import { formatMatrix, LINES, PRESETS, projectionProblems } from '../projection/space-time.ts';
import { FAULT_SLOTS, isPreset, nameProblems, sideRule, unknownDtype, unknownPreset } from './array-rules.ts';
import { type ArrayInput, type ArraySpec, MULTIPLIER_STYLES } from './array-spec.ts';
import { completeSpec } from './complete-spec.ts';
import { absentNodeProblem, faultNodesProblems } from './node-rules.ts';
import { clashProblems, moduleProblems, operatorNameProblem, widthProblems } from './operator-rules.ts';
import { ADDER_STAGES, adderStagesProblem, MULTIPLIER_STAGES, multiplierStyleProblem } from './stage-rules.ts';
import { unknownWord } from './suggest.ts';
import { typeProblem } from './type-rules.ts';
import { integerProblem, shorten, show } from './wording.ts';

/**
 * Refuse an array that the spec language would refuse, for specs that a program makes.
 *
 * @throws {ProjectionError} when only the projection is wrong.
 * @throws {EspalierError} with every problem of the spec.
 */
export function assertArraySpec(spec: ArrayInput): void {
  const ofProjection = problemsOfProjection(spec.projection);
  const others = [
    ...problemsOfName(spec.name),
    ...problemsOfSize(spec.size),
    ...problemsOfTypes(spec),
    spec.faultSlots === undefined ? null : integerProblem(FAULT_SLOTS, spec.faultSlots),
    ...faultNodesProblems(spec.faultNodes),
    ...problemsOfStages(spec),
    ...problemsOfStyle(spec.multiplierStyle),
    ...problemsOfOperators(spec.operators),
  ].filter((problem) => problem !== null);
  if (others.length > 0) throw new EspalierError([...others, ...ofProjection].join('; '));
  if (ofProjection.length > 0) throw new ProjectionError(ofProjection.join('; '));
  const together = problemsTogether(spec);
  if (together.length > 0) throw new EspalierError(together.join('; '));
}

function problemsOfName(name: unknown): string[] {
  return typeof name === 'string' ? nameProblems(name) : [`an array name is a string, received ${show(name)}`];
}

function problemsOfSize(size: unknown): (string | null)[] {
  if (!isTriple(size)) return [`a size has three sides, received ${show(size)}`];
  return [0, 1, 2].map((index) => integerProblem(sideRule(index), size[index]));
}

function problemsOfTypes({ types, wrap }: Partial<Pick<ArrayInput, 'types' | 'wrap'>>): string[] {
  const unknown = LINES.filter((line) => !isDtype(String(types?.[line]))).map((line) =>
    unknownDtype(String(types?.[line]), ` of line ${line}`),
  );
  const ofWrap =
    wrap === undefined || typeof wrap === 'boolean' ? [] : [`wrap must be true or false, received ${show(wrap)}`];
  if (unknown.length + ofWrap.length > 0) return [...unknown, ...ofWrap];
  const problem = typeProblem(types!, wrap === true);
  return problem === null ? [] : [problem.message];
}

function problemsOfStages(spec: ArrayInput): (string | null)[] {
  const { multiplierStages, adderStages } = spec;
  return [
    multiplierStages === undefined ? null : integerProblem(MULTIPLIER_STAGES, multiplierStages),
    adderStages === undefined ? null : integerProblem(ADDER_STAGES, adderStages),
  ];
}

function problemsOfStyle(style: unknown): string[] {
  if (style === undefined || (MULTIPLIER_STYLES as readonly unknown[]).includes(style)) return [];
  return [unknownWord('multiplier style', shorten(String(style)), MULTIPLIER_STYLES)];
}

/** An operator that a program makes must be what a loaded one is. */
function problemsOfOperators(operators: ArrayInput['operators']): (string | null)[] {
  return OPERATOR_KINDS.flatMap((kind) => {
    const operator = operators?.[kind] ?? null;
    if (operator === null) return [];
    if (operator.kind !== kind)
      return [`the ${kind} of an array must be of that kind, received ${show(operator.kind)}`];
    if (typeof operator.compute !== 'function') {
      return [`the ${kind} of an array must have a function, received ${show(operator.compute)}`];
    }
    const ofName = operatorNameProblem(kind, operator.name);
    return ofName === null ? moduleProblems(operator) : [ofName];
  });
}

/** What stages and operators break beside types and schedule; asked only when all of these are right. */
function problemsTogether(given: ArrayInput): string[] {
  const { name, types, projection, adderStages, operators, ...rest } = completeSpec(given);
  const { faultNodes, multiplierStages, multiplierStyle } = rest;
  const { matrix } = projection;
  const ownAdder = operators.adder?.name ?? null;
  return [
    adderStagesProblem({ adderStages, c: types.c, matrix, ownAdder }),
    multiplierStyleProblem(multiplierStyle, types, operators.multiplier?.name ?? null),
    ...(faultNodes ?? []).map((node) => absentNodeProblem(name, node, { matrix, multiplierStages })),
    ...OPERATOR_KINDS.flatMap((kind) => {
      const operator = operators[kind];
      return operator === null ? [] : [...clashProblems(name, operators, kind), ...widthProblems(operator, types)];
    }),
  ].filter((problem) => problem !== null);
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
