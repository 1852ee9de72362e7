/** A binary floating-point format: {sign, exponent, fraction}, with subnormals, infinities and NaN as in IEEE 754. */
export interface FloatFormat {
  readonly name: string;
  readonly exponentBits: number;
  readonly fractionBits: number;
  /** 1 + exponentBits + fractionBits. */
  readonly widthBits: number;
}

export const FLOAT32 = floatFormat('float32', 8, 23);
export const FLOAT64 = floatFormat('float64', 11, 52);
export const BFLOAT16 = floatFormat('bfloat16', 8, 7);
export const FLOAT16 = floatFormat('float16', 5, 10);

/**
 * Describe a format: one of the arrays' own, or a small one for tests.
 * @param exponentBits 2 to 8, or 11 beside 52 bits of fraction
 * @param fractionBits 2 to 23, or 52
 * @throws {RangeError} for widths that binary64 arithmetic does not serve.
 */
export function floatFormat(name: string, exponentBits: number, fractionBits: number): FloatFormat {
  const small = exponentBits >= 2 && exponentBits <= 8 && fractionBits >= 2 && fractionBits <= 23;
  if (!small && !(exponentBits === 11 && fractionBits === 52)) {
    throw new RangeError(`no arithmetic for ${exponentBits} bits of exponent and ${fractionBits} bits of fraction`);
  }
  return Object.freeze({ name, exponentBits, fractionBits, widthBits: 1 + exponentBits + fractionBits });
}

/** The exponent bias, which is also the largest exponent of a finite number. */
export function exponentBias({ exponentBits }: FloatFormat): number {
  return 2 ** (exponentBits - 1) - 1;
}

/** The smallest positive number, which every finite number is a multiple of. */
export function smallestSubnormal(format: FloatFormat): number {
  return 2 ** (1 - exponentBias(format) - format.fractionBits);
}

/** The largest finite number. */
export function largestFinite(format: FloatFormat): number {
  return (2 - 2 ** -format.fractionBits) * 2 ** exponentBias(format);
}

/**
 * Make the function that rounds a binary64 value to a format, to nearest, ties to even (IEEE 754-2019, 4.3.1);
 * subnormals are kept, signs of zero too, and what is too large becomes infinite.
 */
export function roundTo(format: FloatFormat): (value: number) => number {
  if (format.widthBits === 64) return (value) => value;
  if (format.exponentBits === FLOAT32.exponentBits && format.fractionBits === FLOAT32.fractionBits) return Math.fround;
  return roundToSmall(format);
}

/**
 * For values between 2^e and 2^(e+1) the format's numbers lie one unit u apart, and so do binary64 numbers near
 * 1.5 · 2^52 · u. Adding that and taking it away again makes the platform round to a multiple of u, in its own mode,
 * which is the wanted one; both differences are exact otherwise. There is one such number per exponent.
 */
function roundToSmall(format: FloatFormat): (value: number) => number {
  const bias = exponentBias(format);
  const largest = largestFinite(format);
  const magic = new Float64Array(2048);
  for (let field = 0; field < 1023 + bias + 1; field++) {
    const exponent = Math.max(field - 1023, 1 - bias);
    magic[field] = 1.5 * 2 ** (52 + exponent - format.fractionBits);
  }
  // Beyond the format's exponents the magic number is 0: such values stay as they are until they are compared.
  const word = new Float64Array(1);
  const halves = new Uint32Array(word.buffer);
  return (value) => {
    const magnitude = Math.abs(value);
    word[0] = magnitude;
    const shift = magic[halves[1]! >>> 20]!;
    const rounded = magnitude + shift - shift;
    if (rounded > largest) return value < 0 ? -Infinity : Infinity;
    return value < 0 || Object.is(value, -0) ? -rounded : rounded;
  };
}
