// The function of truncated_multiplier.v: from the bits of both factors to the bits of the product.

/** Columns of partial products that are left out. */
const DROPPED = 6;

/** The mean of what is left out, as a multiple of 2^6. */
const CORRECTION = 64n;

export function multiply(a: bigint, b: bigint): bigint {
  let dropped = 0n;
  for (let i = 0; i < DROPPED; i++) {
    const bit = (a >> BigInt(i)) & 1n;
    dropped += (bit * BigInt.asUintN(DROPPED - i, b)) << BigInt(i);
  }
  const exact = BigInt.asIntN(8, a) * BigInt.asIntN(8, b);
  return BigInt.asUintN(16, exact - dropped + CORRECTION);
}
