import type { Design, LineDesign } from '../design/design.ts';
import { delayedTokens } from '../design/registers.ts';
import { type Stream, streamsOf } from './grid-view.ts';
import { runsOf } from './pe-runs.ts';
import { RolledSteps } from './rolled-steps.ts';
import { laneOf, resize } from './verilog.ts';

/** Lay out what happens in a cycle, from what the streams bring to the clock edge: the recurrences of the PE, each as a loop. */
export function rolledFlow(design: Design): RolledSteps {
  const flow = new RolledSteps(design);
  const { lines, tokens, shadow, spec } = design;
  for (const line of [lines.a, lines.b]) forward(flow, line);
  for (const stream of streamsOf(design)) arrive(flow, stream);
  for (const name of tokens?.names ?? []) flow.addTap(`Faults of the token ${name}`, name, `${name}_d`);
  for (const line of [lines.a, lines.b]) operand(flow, line);
  if (spec.multiplierStages > 0) registeredProduct(flow);
  sum(flow);
  if (shadow) shadowChain(flow, shadow);
  clockEdge(flow);
  return flow;
}

/** Name the last register of a chain of so many cycles. */
export function tailOf(name: string, delayCycles: number): string {
  return delayCycles === 1 ? `${name}_q` : `${name}_link${delayCycles - 1}_q`;
}

/** The wire behind register a or b, apart from the register because faults may act on it alone. */
function forward(flow: RolledSteps, { line, network, widthBits }: LineDesign): void {
  if (!network || !flow.faulty) return;
  flow.addArray(`${line}_forward`, widthBits);
  const loop = flow.everywhere(`${line}_forward[p] = ${line}_q[p];`);
  flow.addStep(`What line ${line} forwards`, [loop], [[`${line as 'a' | 'b'}_out`, `${line}_forward`]]);
}

/** What a stream brings to each PE: PEs in a row take from PEs in a row, so whole runs are one loop. */
function arrive(flow: RolledSteps, { name, widthBits, network }: Stream): void {
  const { inputs, pipeline } = flow.design;
  // Where nothing stands between, a stream arrives at the register's own input.
  const target = name === 'c' || name === 's' ? `${name}_in` : `${name}_d`;
  flow.addArray(target, widthBits);
  const delayCycles = network.delayCycles - (name === 'c' ? pipeline.adderLatency : 0);
  const source = delayCycles === 1 ? sourceOf(flow, name) : tailOf(name, delayCycles);
  const port = inputs.find((candidate) => candidate.name === `${name}_i`)!;
  const loops = runsOf(network.upstream).map(({ first, last, offset }) => ({
    first,
    last,
    body: [`${target}[p] = ${source}[p ${offset < 0 ? '+' : '-'} ${Math.abs(offset)}];`],
  }));
  const statements = Array.from(
    network.entries,
    (pe, lane) => `${target}[${pe}] = ${laneOf(port.name, lane, port.laneBits, port.lanes)};`,
  );
  flow.addStep(`Stream ${name} arrives: from PE to PE, and from the edge`, loops, [], statements);
}

function operand(flow: RolledSteps, { line, stationary, widthBits, delayCycles }: LineDesign): void {
  const node = line as 'a' | 'b';
  if (!stationary) {
    flow.addTap(`Faults of register ${line}`, node, `${line}_d`);
    return;
  }
  flow.addArray(`${line}_d`, widthBits);
  const loop = flow.everywhere(`${line}_d[p] = first_d[p] ? s_in[p] : ${tailOf(line, delayCycles)}[p];`);
  flow.addStep(`Line ${line} stays, unless first loads it`, [loop], [[node, `${line}_d`]]);
}

/** What the product register takes: the product, or that of some cycles ago. */
function registeredProduct(flow: RolledSteps): void {
  const { product, pipeline } = flow.design;
  flow.addArray('p_d', product.widthBits);
  const delayed = flow.addStages('product', product.widthBits, pipeline.multiplierLatency);
  const body =
    pipeline.productDelays > 0
      ? [`p_d[p] = product${pipeline.productDelays}_q[p];`]
      : multiply(flow, (result) => delayed('p_d', result));
  flow.addStep('Products', [flow.everywhere(...body)], [['p', 'p_d']]);
}

/** What a loop does to have `use` store the product of a PE's a and b. */
function multiply(flow: RolledSteps, use: (result: string) => string[]): string[] {
  const { lines, product } = flow.design;
  if (product.float) return use('float_multiply(a_q[p], b_q[p])');
  const [a, b] = [lines.a, lines.b].map(({ line, widthBits, signed }) =>
    resize(`${line}_q[p]`, widthBits, product.widthBits, signed),
  );
  // Verilator 5.006 multiplies two arrays of uint16 as C does, in a signed int that overflows: one factor is made wide.
  if (lines.a.widthBits !== 16 || lines.b.widthBits !== 16 || product.signed) return use(`${a} * ${b}`);
  flow.addArray('b_factor', product.widthBits);
  return [`b_factor[p] = ${b};`, ...use(`${a} * b_factor[p]`)];
}

function sum(flow: RolledSteps): void {
  const { lines, product, spec, pipeline } = flow.design;
  const { stationary, widthBits } = lines.c;
  flow.addArray('c_d', widthBits);
  if (spec.multiplierStages === 0) flow.addArray('product', product.widthBits);
  if (stationary) flow.addArray('c_in', widthBits);
  const load = ['first_q', ...delayedTokens('first', spec)].at(-1)!;
  const turn = `c_in[p] = ${load}[p] ? s_in[p] : ${sumTail(flow.design)}[p];`;
  flow.addStep('What enters the adders', stationary ? [flow.everywhere(turn)] : [], [['c_in', 'c_in']]);
  const source = spec.multiplierStages > 0 ? 'p_q' : 'product';
  const store = (result: string) => [`product[p] = ${result};`];
  const products = spec.multiplierStages > 0 ? [] : [flow.everywhere(...multiply(flow, store))];
  const addend = resize(`${source}[p]`, product.widthBits, widthBits, product.signed);
  const delayed = flow.addStages('sum', widthBits, pipeline.adderLatency);
  const add = delayed('c_d', product.float ? `float_add(c_in[p], ${addend})` : `c_in[p] + ${addend}`);
  flow.addStep('Sums', [...products, flow.everywhere(...add)], [['c', 'c_d']]);
}

function shadowChain(flow: RolledSteps, { widthBits, drains }: NonNullable<Design['shadow']>): void {
  const take = ['last_q', ...delayedTokens('last', flow.design.spec)].at(-1)!;
  flow.addArray('s_d', widthBits);
  const next = drains ? `${take}[p] ? ${sumTail(flow.design)}[p] : s_in[p]` : 's_in[p]';
  const comment = drains ? 'The shadow chain takes finished sums' : 'The shadow chain moves on';
  flow.addStep(comment, [flow.everywhere(`s_d[p] = ${next};`)], [['s', 's_d']]);
}

/** All registers take their next values, the last of each chain first. */
function clockEdge(flow: RolledSteps): void {
  const { lines, tokens, shadow, spec, pipeline } = flow.design;
  const body: string[] = [];
  const chain = (name: string, delayCycles: number, source: string) => {
    for (let n = delayCycles - 1; n >= 1; n--) {
      body.push(`${name}_link${n}_q[p] = ${n === 1 ? source : `${name}_link${n - 1}_q`}[p];`);
    }
    body.push(`${name}_q[p] = ${name}_d[p];`);
  };
  const carrierDelay = tokens ? lines[tokens.carrier].delayCycles : 1;
  for (const name of tokens?.names ?? []) {
    const waiting = shadow!.drains ? [`${name}_q`, ...delayedTokens(name, spec)] : [];
    for (let n = waiting.length - 1; n >= 1; n--) body.push(`${waiting[n]}[p] = ${waiting[n - 1]}[p];`);
    chain(name, carrierDelay, `${name}_q`);
  }
  if (spec.multiplierStages > 0) body.push('p_q[p] = p_d[p];');
  for (let n = pipeline.productDelays; n >= 2; n--) body.push(`product${n}_q[p] = product${n - 1}_q[p];`);
  if (pipeline.productDelays > 0) body.push(...multiply(flow, (result) => [`product1_q[p] = ${result};`]));
  for (const { line, delayCycles } of [lines.a, lines.b]) chain(line, delayCycles, sourceOf(flow, line));
  chain('c', lines.c.delayCycles - pipeline.adderLatency, 'c_q');
  if (shadow) chain('s', shadow.delayCycles, 's_q');
  flow.addStep('The clock edge', [flow.everywhere(...body)]);
}

/** The array that a stream's PEs send on: faults on a forwarding wire have an array of their own. */
function sourceOf({ design, faulty }: RolledSteps, name: string): string {
  const isOperand = name === 'a' || name === 'b';
  return isOperand && faulty && design.lines[name].network ? `${name}_forward` : `${name}_q`;
}

/** The array of the sums that are ready to enter the adders again. */
function sumTail({ lines, pipeline }: Design): string {
  return tailOf('c', lines.c.delayCycles - pipeline.adderLatency);
}
