import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openRtl } from '../../src/backend/open.ts';
import { checkOperators } from '../../src/check/check-operators.ts';
import { type OperandPair, operandPairs } from '../../src/check/operator-pairs.ts';
import { describeOperatorReport } from '../../src/check/operator-report.ts';
import type { Design } from '../../src/design/design.ts';
import { OPERATOR_KINDS, type OperatorKind } from '../../src/dtype/operator.ts';
import { loadOperator } from '../../src/spec/load-operator.ts';
import { designOf } from '../design/support/arrays.ts';
import { designWith, exactly, operatorOf, verilogComputing } from './support/operators.ts';

const OPERATORS = fileURLToPath(new URL('../../examples/operators/', import.meta.url));
const BFLOAT16 = { a: 'bfloat16', b: 'bfloat16', c: 'float32' } as const;

const openTraced = (probe: Design) => openRtl(probe, { trace: true });

/** Hold the operators of a design against their Verilog in Verilator and say what came out. */
async function verdictOf(design: Design): Promise<string[]> {
  const reports = await checkOperators(design, { seed: 1, openRtl: openTraced });
  return reports.flatMap(describeOperatorReport);
}

const exactProduct = 'wire signed [P-1:0] exact = $signed(a_i) * $signed(b_i);';

/** A logarithmic product: the sum of the bits of both numbers, which read as logarithms (J. N. Mitchell, 1962). */
const logarithmic = (a: bigint, b: bigint): bigint =>
  (((a ^ b) & 0x8000n) << 16n) | (BigInt.asUintN(15, (a & 0x7fffn) + (b & 0x7fffn) - 0x3f80n) << 16n);
const logarithmicVerilog = "assign product_o = {a_i[15] ^ b_i[15], a_i[14:0] + b_i[14:0] - 15'h3f80, 16'd0};";

describe('a check of own operators in Verilator', () => {
  it('finds the halves of the truncated multiplier equal for all pairs of operands', async () => {
    const multiplier = loadOperator('multiplier', 'truncated_multiplier', OPERATORS);
    const reports = await checkOperators(designWith([multiplier]), { seed: 1, openRtl: openTraced });
    expect(reports).toEqual([
      { kind: 'multiplier', name: 'truncated_multiplier', pairs: 65_536, exhaustive: true, mismatch: null },
    ]);
    expect(reports.flatMap(describeOperatorReport)).toEqual([
      'multiplier truncated_multiplier: Verilog and function agree for all 65,536 pairs of operands',
    ]);
  });

  it('finds the only pair of operands for which a product differs', async () => {
    const body = `${exactProduct} assign product_o = (a_i == 8'h7f && b_i == 8'h80) ? exact + 16'd1 : exact;`;
    const design = designWith([operatorOf('multiplier', 'almost', exactly('multiplier'), body)]);
    expect(await verdictOf(design)).toEqual([
      'multiplier almost: Verilog and function differ for 1 of 65,536 pairs of operands; the first:',
      '  a = 127 (0x7f), b = -128 (0x80)',
      '  the Verilog gives -16255 (0xc081)',
      '  the function gives -16256 (0xc080)',
    ]);
  });

  it('finds an adder whose Verilog drops a carry that its function keeps', async () => {
    const body = 'assign sum_o = {x_i[31:1] + y_i[31:1], x_i[0] ^ y_i[0]};';
    const design = designWith([operatorOf('adder', 'carryless', exactly('adder'), body)]);
    expect((await verdictOf(design)).map((line) => line.replace(/for [\d,]+ of/, 'for some of'))).toEqual([
      'adder carryless: Verilog and function differ for some of 65,536 pairs of operands; the first:',
      '  x = 2147483647 (0x7fffffff), y = 16129 (0x00003f01)',
      '  the Verilog gives -2147467522 (0x80003efe)',
      '  the function gives -2147467520 (0x80003f00)',
    ]);
  });

  it('reads floating-point products before they are added, so that the sign of a zero counts', async () => {
    const operator = operatorOf('multiplier', 'logarithmic', logarithmic, logarithmicVerilog, BFLOAT16);
    expect(await verdictOf(designWith([operator], BFLOAT16))).toEqual([
      'multiplier logarithmic: Verilog and function agree for 65,536 pairs of operands',
    ]);
    const unsigned = (a: bigint, b: bigint) => (logarithmic(a, b) === 0x8000_0000n ? 0n : logarithmic(a, b));
    const other = operatorOf('multiplier', 'logarithmic', unsigned, logarithmicVerilog, BFLOAT16);
    expect((await verdictOf(designWith([other], BFLOAT16))).slice(1)).toEqual([
      '  a = 0 (0x0000), b = -1 (0xbf80)',
      '  the Verilog gives -0 (0x80000000)',
      '  the function gives 0 (0x00000000)',
    ]);
  });
});

type Types = Design['spec']['types'];

const TYPES: readonly Types[] = [
  { a: 'int8', b: 'int8', c: 'int32' },
  { a: 'uint8', b: 'int8', c: 'int8' },
  { a: 'uint16', b: 'uint8', c: 'int16' },
  { a: 'uint16', b: 'uint16', c: 'uint16' },
  { a: 'int64', b: 'int64', c: 'int64' },
  { a: 'float16', b: 'float16', c: 'float16' },
  BFLOAT16,
  { a: 'float32', b: 'float32', c: 'float32' },
  { a: 'float64', b: 'float64', c: 'float64' },
];

const name = ({ a, b, c }: Types) => `${a} × ${b} + ${c}`;

describe.each(OPERATOR_KINDS)('a check of an own %s', (kind) => {
  it.each(TYPES.map((types) => [name(types), types] as const))(
    'finds the pairs in which one bit is wrong, and no others, of %s',
    async (_, types) => {
      const exact = exactly(kind, types);
      const design = designWith([operatorOf(kind, 'mine', exact, '', types)], types);
      const { widthBits } = kind === 'multiplier' ? design.product : design.lines.c;
      const { pairs } = operandPairs(design, kind, 7);
      const [first, ...others] = [pairs[10]!, pairs[40_000]!, pairs[65_535]!];
      const isIn = (some: readonly OperandPair[], x: bigint, y: bigint) => some.some(([p, q]) => p === x && q === y);
      const top = 1n << BigInt(widthBits - 1);
      const wrong = (x: bigint, y: bigint) => exact(x, y) ^ (isIn([first], x, y) ? top : isIn(others, x, y) ? 1n : 0n);
      const [report] = await checkOperators(design, { seed: 7, openRtl: verilogComputing({ [kind]: wrong }) });
      const mismatch = report!.mismatch!;
      expect(mismatch.differing).toBe(pairs.filter(([x, y]) => isIn([first, ...others], x, y)).length);
      expect(mismatch.operands.map(({ bits }) => BigInt(bits))).toEqual(first);
      expect(BigInt(mismatch.verilog.bits) ^ BigInt(mismatch.function.bits)).toBe(top);
    },
  );
});

describe('a check of own operators', () => {
  const multiplier = operatorOf('multiplier', 'times', exactly('multiplier'));
  const adder = operatorOf('adder', 'plus', exactly('adder'));
  const both = designWith([multiplier, adder]);

  it('has nothing to open or to say without any', async () => {
    const openRtl = () => Promise.reject(new Error('opened'));
    expect(await checkOperators(designOf(), { seed: 1, openRtl })).toEqual([]);
  });

  it('tells which of two differs, whatever the other one does', async () => {
    for (const wrong of OPERATOR_KINDS) {
      const openRtl = verilogComputing({ [wrong]: () => 0n });
      const reports = await checkOperators(both, { seed: 1, openRtl });
      expect(reports.map(({ kind }) => kind)).toEqual(['multiplier', 'adder']);
      expect(reports.filter(({ mismatch }) => mismatch).map(({ kind }) => kind)).toEqual([wrong]);
    }
  });

  it('adds products that the own multiplier gives and the exact one does not', async () => {
    const odd = designWith([operatorOf('multiplier', 'most', () => 0x7fffn), adder]);
    const { pairs } = operandPairs(odd, 'adder', 1);
    expect(new Set(pairs.map(([, y]) => y))).toEqual(new Set([0x7fffn]));
    const openRtl = verilogComputing({ adder: (x, y) => (y === 0x7fffn ? 0n : exactly('adder')(x, y)) });
    expect((await checkOperators(odd, { seed: 1, openRtl })).map(({ mismatch }) => mismatch !== null)).toEqual([
      false,
      true,
    ]);
  });

  it('tries no second operand of a narrow adder that the own multiplier never gives', () => {
    const types = { a: 'uint8', b: 'int8', c: 'int8' } as const;
    const narrow = (kind: OperatorKind) => operatorOf(kind, kind, () => 6n, '', types);
    expect(operandPairs(designWith([narrow('adder')], types), 'adder', 1).exhaustive).toBe(true);
    const { pairs } = operandPairs(designWith([narrow('adder'), narrow('multiplier')], types), 'adder', 1);
    expect(new Set(pairs.map(([, y]) => y))).toEqual(new Set([6n]));
  });

  it('gives both halves the NaN that jobs know, whatever NaN the own multiplier makes', async () => {
    const types = { a: 'float16', b: 'float16', c: 'float16' } as const;
    const oddNaN = operatorOf('multiplier', 'odd', (a) => (a & 1n ? a : 0xfc01n), '', types);
    const mixed = operatorOf('adder', 'mixed', (x, y) => x ^ (3n * y), '', types);
    const openRtl = verilogComputing();
    const reports = await checkOperators(designWith([oddNaN, mixed], types), { seed: 1, openRtl });
    expect(reports.flatMap(describeOperatorReport)).toEqual([
      'multiplier odd: Verilog and function agree for 65,536 pairs of operands',
      'adder mixed: Verilog and function agree for 65,536 pairs of operands',
    ]);
  });

  it('draws the same operands for the same seed, in the range of what the array computes', () => {
    const { pairs, exhaustive } = operandPairs(both, 'adder', 3);
    expect(exhaustive).toBe(false);
    expect(operandPairs(both, 'adder', 3).pairs).toEqual(pairs);
    expect(operandPairs(both, 'adder', 4).pairs).not.toEqual(pairs);
    const products = pairs.map(([, y]) => BigInt.asIntN(32, y));
    expect(products.filter((y) => y < -16_256n || y > 16_384n)).toEqual([]);
    expect(products).toContain(16_384n);
    const zeroSums = pairs.filter(([x, y]) => BigInt.asUintN(32, x + y) === 0n);
    expect(zeroSums.length).toBeGreaterThan(100);
  });

  it('tells how far it is, stops when told to, and closes what it opened', async () => {
    const told: [string, number, number][] = [];
    const stop = new AbortController();
    let closed = 0;
    const open = verilogComputing();
    const check = checkOperators(both, {
      seed: 1,
      signal: stop.signal,
      async openRtl(probe) {
        const rtl = await open(probe);
        return Object.assign(rtl, { close: async () => void closed++ });
      },
      onProgress({ name: operator }, done, total) {
        told.push([operator, done, total]);
        if (done > 1000) stop.abort(new Error('stopped'));
      },
    });
    await expect(check).rejects.toThrow('stopped');
    expect(told).toEqual([
      ['times', 0, 65_536],
      ['times', 1024, 65_536],
    ]);
    expect(closed).toBe(1);
  });

  it('says for which operands a function failed, or what it gave in place of bits', async () => {
    const failing = (compute: () => bigint) =>
      checkOperators(designWith([operatorOf('multiplier', 'broken', compute)]), {
        seed: 1,
        openRtl: verilogComputing({ multiplier: () => 0n }),
      });
    await expect(failing(() => BigInt(0.5))).rejects.toThrow(
      'the function of multiplier broken failed for 0x0 and 0x0: The number 0.5 cannot be converted to a BigInt because it is not an integer',
    );
    await expect(failing(() => -1n)).rejects.toThrow(
      'the function of multiplier broken must give its bits as a bigint that is not negative, received -1 for 0x0 and 0x0',
    );
  });
});
