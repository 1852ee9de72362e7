import { InvalidArgumentError } from 'commander';

/**
 * Make the parser of a flag that takes a whole number.
 * @param rule what such a number must be, where more rules than this are known
 */
export function wholeNumber(least: number, rule = `a whole number from ${least}`): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (Number.isSafeInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`It must be ${rule}.`);
  };
}
