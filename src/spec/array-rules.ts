import { DTYPES } from '../dtype/dtype.ts';
import { PRESET_NAMES, type PresetName } from '../projection/space-time.ts';
import { MAX_FAULT_SLOTS, MAX_SIDE } from './array-spec.ts';
import { unknownWord } from './suggest.ts';
import { isVerilogKeyword } from './verilog-names.ts';
import { type IntegerRule, shorten } from './wording.ts';

// The rules of an array and their sentences, for arrays read from text and for those that a program makes.

/** Longer names would make file names that common file systems refuse. */
export const MAX_NAME_LENGTH = 64;

/** The name becomes part of module names: Verilator renames what starts with _ or has __ in it, in its C++ and files. */
const NAME = /^[A-Za-z](?!\w*__)/;

export const FAULT_SLOTS: IntegerRule = { thing: 'the number of fault slots', least: 0, most: MAX_FAULT_SLOTS };

/** The rule of one side of a size, by its index from 0. */
export function sideRule(index: number): IntegerRule {
  return { thing: `the side N${index + 1} of a size`, least: 1, most: MAX_SIDE };
}

/** List every reason why no array can have a name. */
export function nameProblems(name: string): string[] {
  const received = `received "${shorten(name)}"`;
  if (!/^\w*$/.test(name)) return [`an array name is made of ASCII letters, digits and _, ${received}`];
  const problems: string[] = [];
  if (!NAME.test(name)) {
    problems.push(`an array name starts with a letter and has no two underscores in a row, ${received}`);
  }
  if (isVerilogKeyword(name)) problems.push(`the array name "${name}" is a Verilog keyword, so no module can have it`);
  if (name.length > MAX_NAME_LENGTH) {
    problems.push(`an array name has at most ${MAX_NAME_LENGTH} characters, received ${name.length}`);
  }
  return problems;
}

export function isPreset(name: string): name is PresetName {
  return (PRESET_NAMES as readonly string[]).includes(name);
}

export function unknownPreset(name: string): string {
  return unknownWord('projection', shorten(name), PRESET_NAMES);
}

/** Say that a dtype does not exist; `where` follows its name. */
export function unknownDtype(name: string, where = ''): string {
  return unknownWord('dtype', shorten(name), DTYPES, where);
}
