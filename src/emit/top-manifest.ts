import { moduleNames } from '../design/design.ts';
import {
  ADDRESS_BITS,
  FAULT_BASE,
  FAULT_STRIDE,
  faultRegistersOf,
  MAP_VERSION,
  REGISTERS,
} from '../top/register-map.ts';
import { HEADER_FIELDS } from '../top/tile-header.ts';
import type { TopDesign } from '../top/top-design.ts';

/** Describe the top module for those who drive it without this tool; the guide to the top module explains every field. */
export function topManifest(top: TopDesign) {
  const { design, streamBits, beats, lastBytes } = top;
  return {
    module: moduleNames(design).top,
    streamBits,
    packets: {
      tile: { header: 1, a: beats.a, b: beats.b, c: beats.c },
      result: { r: beats.c },
      headerFields: HEADER_FIELDS,
      bytesInLastBeat: { ...lastBytes, r: lastBytes.c },
    },
    slots: { tiles: top.slots, results: top.outSlots },
    schedule: {
      defaultTilesPerInterval: top.burst,
      defaultIntervalCycles: top.intervalCycles,
      returnGapCycles: top.returnGapCycles,
    },
    registers: {
      version: MAP_VERSION,
      addressBits: ADDRESS_BITS,
      core: REGISTERS,
      faultSlots: { base: FAULT_BASE, stride: FAULT_STRIDE, registers: faultRegistersOf(design.faultPort.dataBits) },
    },
  };
}
