import { createHash } from 'node:crypto';
import { dtypeInfo } from '../dtype/dtype.ts';
import type { FaultNode } from '../fault/fault.ts';
import { FAULT_NODES } from '../fault/fault.ts';
import { dot, forEachEarliestPoint, kernelVector, placeOf } from '../projection/geometry.ts';
import { adjugate, determinant, LINE_AXIS, LINES, type Line, type Vector3 } from '../projection/space-time.ts';
import type { ArrayInput, ArraySpec } from '../spec/array-spec.ts';
import { assertArraySpec } from '../spec/check-spec.ts';
import { completeSpec } from '../spec/complete-spec.ts';
import { VERSION } from '../version.ts';
import type { Design, FaultSite, LineDesign, Pe, Pipeline, StreamPort, Tokens } from './design.ts';
import { deepFreeze } from './freeze.ts';
import { buildNetwork, type PeLookup, peLookup } from './network.ts';
import { registerPlanes } from './registers.ts';
import { buildSchedule, type Unscheduled } from './schedule.ts';
import { buildShadowChain } from './shadow.ts';
import { leastSpanCycles, refuseLongSpan } from './span.ts';

/**
 * Work out an array from its spec: PEs, links, tokens, schedule, ports, registers and fault sites.
 * The design is frozen as deep as JavaScript allows (typed arrays stay writable) and holds a copy of the spec.
 * @throws {ProjectionError} when the projection matrix is illegal or a tile spans 2^31 cycles or more.
 * @throws {EspalierError} with every problem of a spec that the spec language would refuse.
 */
export function buildDesign(given: ArrayInput): Design {
  assertArraySpec(given);
  const spec = completeSpec(given);
  const { matrix } = spec.projection;
  const kernel = kernelVector(matrix);
  refuseLongSpan(spec, leastSpanCycles(spec, kernel), 'at least ');
  const pes = buildPes(spec, kernel);
  const peAt = peLookup(pes);
  const lines = {
    a: buildLine('a', spec, pes, peAt),
    b: buildLine('b', spec, pes, peAt),
    c: buildLine('c', spec, pes, peAt),
  };
  const stationary = LINES.find((line) => lines[line].stationary) ?? null;
  const periodCycles = dot(matrix[2], kernel);
  const shadow =
    stationary && buildShadowChain(stationary, matrix, periodCycles, lines[stationary].widthBits, pes, peAt);
  const tokens: Tokens | null = stationary && {
    carrier: stationary === 'a' ? 'b' : 'a',
    names: stationary === 'c' ? ['first', 'last'] : ['first'],
  };
  const product = productOf(lines);
  const inputs = inputPorts(lines, shadow, tokens);
  const body = {
    spec,
    name: spec.name,
    toolVersion: VERSION,
    matrix,
    determinant: determinant(matrix),
    adjugate: adjugate(matrix),
    kernel,
    periodCycles,
    pes,
    lines,
    stationary,
    shadow,
    tokens,
    product,
    pipeline: pipelineOf(spec),
    planeLagCycles: 1 + spec.multiplierStages,
    sumLagCycles: spec.multiplierStages + spec.adderStages,
    hasIdleSteps: (lines.c.network?.entryHops ?? []).some((hops) => hops >= spec.size[2]),
    inputs,
    output: shadow?.drains
      ? streamPort('s_o', shadow.widthBits, shadow.exits)
      : streamPort('c_o', lines.c.widthBits, lines.c.network!.exits),
    returnPort: inputs.findIndex(({ name }) => name === (stationary === 'c' ? 's_i' : 'c_i')),
  };
  const nodes = faultSites(body);
  const design: Unscheduled = {
    ...body,
    registers: registerPlanes(body),
    faultSites: nodes,
    faultPort: {
      peBits: bitsFor(pes.length),
      nodeBits: bitsFor(FAULT_NODES.length),
      dataBits: Math.max(...nodes.map((site) => site.widthBits)),
    },
  };
  const schedule = buildSchedule(design);
  refuseLongSpan(spec, schedule.spanCycles);
  return deepFreeze({ ...design, schedule, hash: hashOf(spec) });
}

function buildPes(spec: ArraySpec, kernel: Vector3): Pe[] {
  const places: { x: number; y: number; point: Vector3 }[] = [];
  forEachEarliestPoint(spec.size, kernel, (i, j, k) => {
    const point: Vector3 = [i, j, k];
    const [x, y] = placeOf(spec.projection.matrix, point);
    places.push({ x, y, point });
  });
  places.sort((p, q) => p.x - q.x || p.y - q.y);
  return places.map((place, index) => ({ index, ...place }));
}

function buildLine(line: Line, spec: ArraySpec, pes: readonly Pe[], peAt: PeLookup): LineDesign {
  const { matrix } = spec.projection;
  const axis = LINE_AXIS[line];
  const delayCycles = matrix[2][axis];
  const flow = [matrix[0][axis], matrix[1][axis]] as const;
  const stationary = flow[0] === 0 && flow[1] === 0;
  const { widthBits, signed, float } = dtypeInfo(spec.types[line]);
  const network = stationary ? null : buildNetwork(pes, peAt, flow, delayCycles);
  return { line, stationary, delayCycles, widthBits, signed, float, network };
}

function productOf({ a, b, c }: Design['lines']): Design['product'] {
  if (c.float) return { widthBits: c.widthBits, signed: true, float: c.float };
  return { widthBits: a.widthBits + b.widthBits, signed: a.signed || b.signed, float: null };
}

/** A floating-point operation and a Booth multiplier have their registers inside; all others are followed by theirs. */
function pipelineOf({ types, multiplierStages, multiplierStyle, adderStages, operators }: ArraySpec): Pipeline {
  const before = Math.max(0, multiplierStages - 1);
  const floats = dtypeInfo(types.a).kind === 'float' && operators.multiplier === null;
  const inside = floats || multiplierStyle === 'booth';
  return {
    multiplierLatency: inside ? before : 0,
    productDelays: inside ? 0 : before,
    adderLatency: adderStages - 1,
  };
}

type Ported = Pick<Design, 'lines' | 'shadow' | 'tokens' | 'spec' | 'product' | 'pipeline' | 'planeLagCycles'>;

function inputPorts({ a, b, c }: Design['lines'], shadow: Design['shadow'], tokens: Tokens | null): StreamPort[] {
  const ports: StreamPort[] = [];
  for (const { line, network, widthBits } of [a, b, c]) {
    if (network) ports.push(streamPort(`${line}_i`, widthBits, network.entries));
  }
  if (shadow) ports.push(streamPort('s_i', shadow.widthBits, shadow.entries));
  if (tokens) {
    const { entries } = (tokens.carrier === 'a' ? a : b).network!;
    for (const name of tokens.names) ports.push(streamPort(`${name}_i`, 1, entries));
  }
  return ports;
}

function streamPort(name: string, laneBits: number, lanePes: Int32Array): StreamPort {
  const lanes = lanePes.length;
  return { name, lanes, laneBits, lanePes, frameBytes: Math.ceil((lanes * laneBits) / 8) };
}

function faultSites({ lines, tokens, shadow, spec, product }: Ported): FaultSite[] {
  const widths: Record<FaultNode, number> = {
    a: lines.a.widthBits,
    b: lines.b.widthBits,
    c: lines.c.widthBits,
    p: spec.multiplierStages > 0 ? product.widthBits : 0,
    a_out: lines.a.stationary ? 0 : lines.a.widthBits,
    b_out: lines.b.stationary ? 0 : lines.b.widthBits,
    c_in: lines.c.widthBits,
    first: tokens?.names.includes('first') ? 1 : 0,
    last: tokens?.names.includes('last') ? 1 : 0,
    s: shadow?.widthBits ?? 0,
  };
  return FAULT_NODES.map((node, code) => ({ node, code, widthBits: widths[node] })).filter(
    ({ node, widthBits }) => widthBits > 0 && (spec.faultNodes === null || spec.faultNodes.includes(node)),
  );
}

/** Bits that count from 0 to count − 1, at least one. */
function bitsFor(count: number): number {
  return Math.max(1, Math.ceil(Math.log2(count)));
}

function hashOf({ projection, operators, ...rest }: ArraySpec): string {
  const [multiplier, adder] = [operators.multiplier, operators.adder].map(
    (operator) => operator && { name: operator.name, verilog: operator.verilog, program: operator.program },
  );
  const content = { version: VERSION, ...rest, matrix: projection.matrix, multiplier, adder };
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}
