/** Families of FPGAs that an array can be synthesised for. */
export const TARGETS = ['ice40', 'ecp5', 'xilinx'] as const;

export type TargetName = (typeof TARGETS)[number];

/** What a device has of each kind of cells. Source: the makers' family overviews. */
export interface Device {
  readonly name: string;
  readonly lut: number;
  readonly ff: number;
  readonly dsp: number;
  /** Blocks of RAM: iCE40 of 4 Kbit, ECP5 and Xilinx of 18 Kbit. */
  readonly ram: number;
  /** The option of `synth_ice40` and `nextpnr-ice40` that names it, and its package; null for other families. */
  readonly ice40: { readonly family: 'hx' | 'u'; readonly option: string; readonly package: string } | null;
}

/** A family: its devices, the first of which is taken when none is named, and the types of its cells. */
export interface Target {
  readonly name: TargetName;
  readonly title: string;
  readonly devices: readonly Device[];
  readonly kinds: Readonly<Record<CellKind, RegExp>>;
  /** What cells that store words take, by type: blocks of RAM, or LUTs. */
  readonly memories: Readonly<Record<string, { readonly ram?: number; readonly lut?: number }>>;
  /** Whether Yosys estimates the logic cells of this family. */
  readonly estimates: boolean;
}

/** The kinds of cells that are counted together. */
export const CELL_KINDS = ['lut', 'ff', 'carry', 'dsp', 'mux'] as const;

export type CellKind = (typeof CELL_KINDS)[number];

const NEVER = /(?!)/;

const ICE40: Target = {
  name: 'ice40',
  title: 'iCE40',
  devices: [
    ice40('hx8k', { cells: 7680, dsp: 0, ram: 32 }, 'hx', 'ct256'),
    ice40('up5k', { cells: 5280, dsp: 8, ram: 30 }, 'u', 'sg48'),
    ice40('hx1k', { cells: 1280, dsp: 0, ram: 16 }, 'hx', 'tq144'),
  ],
  kinds: { lut: /^SB_LUT4$/, ff: /^SB_DFF/, carry: /^SB_CARRY$/, dsp: /^SB_MAC16$/, mux: NEVER },
  memories: { SB_RAM40_4K: { ram: 1 } },
  estimates: false,
};

const ECP5: Target = {
  name: 'ecp5',
  title: 'ECP5',
  devices: [
    { name: 'lfe5u-85f', lut: 83_640, ff: 83_640, dsp: 156, ram: 208, ice40: null },
    { name: 'lfe5u-45f', lut: 43_848, ff: 43_848, dsp: 72, ram: 108, ice40: null },
    { name: 'lfe5u-25f', lut: 24_288, ff: 24_288, dsp: 28, ram: 56, ice40: null },
  ],
  kinds: {
    lut: /^LUT4$/,
    ff: /^TRELLIS_FF$/,
    carry: /^CCU2C$/,
    dsp: /^MULT18X18D$/,
    mux: /^(PFUMX|L6MUX21)$/,
  },
  // A distributed RAM takes the LUTs of two slices, and those of a third one for its write port.
  memories: { DP16KD: { ram: 1 }, PDPW16KD: { ram: 1 }, TRELLIS_DPR16X4: { lut: 6 } },
  estimates: false,
};

const XILINX: Target = {
  name: 'xilinx',
  title: 'Xilinx 7',
  devices: [
    { name: 'xc7a100t', lut: 63_400, ff: 126_800, dsp: 240, ram: 270, ice40: null },
    { name: 'xc7a35t', lut: 20_800, ff: 41_600, dsp: 90, ram: 100, ice40: null },
    { name: 'xc7a200t', lut: 134_600, ff: 269_200, dsp: 740, ram: 730, ice40: null },
  ],
  kinds: {
    lut: /^LUT[1-6]$/,
    ff: /^FD[RSCP]E$/,
    carry: /^CARRY4$/,
    dsp: /^DSP48E1$/,
    mux: /^MUXF[78]$/,
  },
  memories: {
    RAMB18E1: { ram: 1 },
    RAMB36E1: { ram: 2 },
    RAM32M: { lut: 4 },
    RAM64M: { lut: 4 },
    RAM32X1D: { lut: 2 },
    RAM64X1D: { lut: 2 },
    RAM128X1D: { lut: 4 },
    SRL16E: { lut: 1 },
    SRLC32E: { lut: 1 },
  },
  estimates: true,
};

const BY_NAME: Readonly<Record<TargetName, Target>> = { ice40: ICE40, ecp5: ECP5, xilinx: XILINX };

export function targetOf(name: TargetName): Target {
  return BY_NAME[name];
}

/** List the devices of every target. */
export function describeDevices(): string {
  return TARGETS.map((name) => `${name} ${BY_NAME[name].devices.map((device) => device.name).join(', ')}`).join('; ');
}

/**
 * Print the commands of Yosys that map a top module to a target.
 * @param flat whether module borders fall, so that logic is shared across them; otherwise each module is mapped once
 */
export function synthesisCommand(target: Target, device: Device, top: string, { dsp, flat }: MappingOptions): string {
  switch (target.name) {
    case 'ice40':
      return `synth_ice40 -device ${device.ice40!.family}${dsp && device.dsp > 0 ? ' -dsp' : ''}${flat ? '' : ' -noflatten'} -top ${top}`;
    case 'ecp5':
      // Without ABC9 all targets are mapped by the same algorithm, and faster.
      return `synth_ecp5 -noabc9${dsp ? '' : ' -nodsp'}${flat ? '' : ' -noflatten'} -top ${top}`;
    case 'xilinx':
      return `synth_xilinx -family xc7${flat ? ' -flatten' : ''} -noiopad -noclkbuf${dsp ? '' : ' -nodsp'} -top ${top}`;
  }
}

export interface MappingOptions {
  readonly dsp: boolean;
  readonly flat: boolean;
}

/** An iCE40 has as many flip-flops as LUTs: one of each in a logic cell. */
function ice40(
  name: string,
  { cells, ...blocks }: { readonly cells: number; readonly dsp: number; readonly ram: number },
  family: 'hx' | 'u',
  packageName: string,
): Device {
  return { name, lut: cells, ff: cells, ...blocks, ice40: { family, option: `--${name}`, package: packageName } };
}
