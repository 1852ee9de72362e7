import type { PercentSyntax } from './campaign-syntax.ts';
import type { Report } from './diagnostics.ts';
import { shorten } from './wording.ts';

/** A percentage of a spec and its limits; `holds` is asked for the share, such as 0.05 for 5 %. */
export interface PercentRule {
  readonly thing: string;
  readonly limits: string;
  readonly holds: (share: number) => boolean;
}

/** Take the share of a percentage within its limits, such as 0.05 for 5 %. */
export function shareWithin({ token, text, value }: PercentSyntax, rule: PercentRule, report: Report): number {
  if (!rule.holds(value)) report(token, `${rule.thing} must be ${rule.limits}, received ${shorten(text)} %`);
  return value;
}

/** Print a share as a percentage that reads as the same number: 0.025 is `2.5 %`. */
export function formatPercent(share: number): string {
  // The shortest digits that give this number, with the point moved by two places.
  const [mantissa, exponent] = share.toExponential().split('e') as [string, string];
  const digits = mantissa.replace('.', '');
  const whole = Number(exponent) + 3;
  if (whole <= 0) return `0.${'0'.repeat(-whole)}${digits} %`;
  const padded = digits.padEnd(whole, '0');
  return `${padded.slice(0, whole)}${padded.length > whole ? `.${padded.slice(whole)}` : ''} %`;
}
