import { EspalierError } from '../errors.ts';
import type { FaultDrive } from '../schedule/beats.ts';
import { encodeTile, ResultReader, type TileMatrices } from './packets.ts';
import { addressOf, faultAddressOf, fieldMask, MAP_VERSION, REGISTERS, TOP_ID, typeCodes } from './register-map.ts';
import type { TileSchedule } from './tile-header.ts';
import type { TopDesign } from './top-design.ts';
import type { StreamBeats, TopTransport } from './transport.ts';

/** How many clocks a job of a top module took. */
export interface TopCounters {
  /** Cycles that the grid did. */
  readonly cycles: number;
  /** Clocks in which a job ran, and those of them in which the grid stood still. */
  readonly clocks: number;
  readonly frozenClocks: number;
  readonly tilesIn: number;
  readonly tilesOut: number;
}

const NEVER = 2n ** 64n - 1n;

/** Clocks in which the beats between the core's memory and its port leave, even if the other side mostly waits. */
const QUIET_CLOCKS = 1000;

/** Drives a top module: settings and faults through its registers, tiles and results through its streams. */
export class TopDriver {
  readonly #top: TopDesign;
  readonly #transport: TopTransport;
  #results: ResultReader;

  constructor(top: TopDesign, transport: TopTransport) {
    this.#top = top;
    this.#transport = transport;
    this.#results = new ResultReader(top);
  }

  /** @throws {EspalierError} unless the core at the other end is the top module of this very design */
  async identify(): Promise<void> {
    const { design, streamBits } = this.#top;
    const { size, types, faultSlots } = design.spec;
    const hash = BigInt(`0x${design.hash}`);
    const expected: Readonly<Record<string, number>> = {
      ID: TOP_ID,
      VERSION: MAP_VERSION,
      HASH_LOW: Number(hash & 0xffff_ffffn),
      HASH_HIGH: Number(hash >> 32n),
      N1: size[0],
      N2: size[1],
      N3: size[2],
      TYPES: typeCodes(types),
      STREAM_BITS: streamBits,
      FAULT_SLOTS: faultSlots,
    };
    for (const [name, value] of Object.entries(expected)) {
      const found = await this.readRegister(name);
      if (found === value) continue;
      throw new EspalierError(
        `the core is not the top module of ${design.name}: register ${name} reads ${found}, ${value} was expected`,
      );
    }
  }

  /** Clear counters and error flags, and set up the fault slots; those without a fault are switched off. */
  async prepare(faults: readonly FaultDrive[]): Promise<void> {
    await this.#write(addressOf('CONTROL'), fieldMask('CONTROL', 'ENABLE') + fieldMask('CONTROL', 'CLEAR'));
    for (let slot = 0; slot < this.#top.design.spec.faultSlots; slot++) await this.#setFault(slot, faults[slot]);
  }

  /**
   * Forget all tiles and results, wherever they are, those that wait in the transport and those half out included, and
   * end the job. A packet of which the core has only a part stays open: its rest, up to its last beat, will be dropped.
   */
  async softReset(): Promise<void> {
    const control = fieldMask('CONTROL', 'ENABLE') + fieldMask('CONTROL', 'SOFT_RESET');
    await this.#write(addressOf('CONTROL'), control);
    // What was open or waiting comes out now, and what comes of it belongs to nobody.
    await this.#transport.run({ packets: Number.MAX_SAFE_INTEGER, quietClocks: this.#drainClocks() });
    await this.#write(addressOf('CONTROL'), control);
    await this.#transport.run({ packets: Number.MAX_SAFE_INTEGER, quietClocks: QUIET_CLOCKS });
    this.#results = new ResultReader(this.#top);
  }

  sendTile(matrices: TileMatrices, schedule: TileSchedule): Promise<void> {
    return this.#transport.send(encodeTile(this.#top, matrices, schedule));
  }

  sendBeats(beats: StreamBeats): Promise<void> {
    return this.#transport.send(beats);
  }

  /**
   * Wait for the results of so many tiles.
   * @returns the bytes of R, row-major, for each
   * @throws {EspalierError} when nothing moves any more before they are there
   */
  async receive(tiles: number): Promise<Uint8Array[]> {
    const { beats } = await this.#transport.run({ packets: tiles, quietClocks: this.#patienceClocks() });
    const packets = this.#results.take(beats);
    if (packets.length >= tiles) return packets;
    throw new EspalierError(
      `the top module of ${this.#top.design.name} stands still after ${packets.length} of ${tiles} results: ${await this.describeStatus()}`,
    );
  }

  /** Read how often each fault slot has fired. */
  async readFired(): Promise<number[]> {
    const fired: number[] = [];
    for (let slot = 0; slot < this.#top.design.spec.faultSlots; slot++) {
      const low = await this.#read(faultAddressOf(slot, 'FIRED', 0));
      fired.push(low + (await this.#read(faultAddressOf(slot, 'FIRED', 1))) * 2 ** 32);
    }
    return fired;
  }

  async readCounters(): Promise<TopCounters> {
    return {
      cycles: await this.#readCounter('CYCLE'),
      clocks: await this.#readCounter('CLOCKS'),
      frozenClocks: await this.#readCounter('FROZEN_CLOCKS'),
      tilesIn: await this.readRegister('TILES_IN'),
      tilesOut: await this.readRegister('TILES_OUT'),
    };
  }

  /** @throws {EspalierError} if tiles started later than they should have, so that faults met other cycles */
  async assertInTime(): Promise<void> {
    const status = await this.readRegister('STATUS');
    if ((status & fieldMask('STATUS', 'SLIPPED')) === 0) return;
    throw new EspalierError(
      `the tiles of a job must start in the cycles of its schedule, received one that ${this.#top.design.name} cannot keep`,
    );
  }

  readRegister(name: string): Promise<number> {
    return this.#read(addressOf(name));
  }

  /** Say in words what the status register says. */
  async describeStatus(): Promise<string> {
    const status = await this.readRegister('STATUS');
    const fields = REGISTERS.find(({ name }) => name === 'STATUS')!.fields!;
    const set = fields.filter(({ bit }) => Math.floor(status / 2 ** bit) % 2 === 1);
    return set.length === 0 ? 'idle' : set.map(({ name, does }) => `${name} (${does})`).join(', ');
  }

  async #setFault(slot: number, fault: FaultDrive | undefined): Promise<void> {
    const put = (name: string, value: number, word = 0) => this.#write(faultAddressOf(slot, name, word), value);
    await put('ENABLE', 0);
    if (!fault) return;
    const first = BigInt(Math.max(0, fault.firstCycle));
    const last = Number.isFinite(fault.lastCycle) ? BigInt(fault.lastCycle) : NEVER;
    if (last < first) return;
    const putWide = async (name: string, value: bigint, words: number) => {
      for (let n = 0; n < words; n++) await put(name, Number((value >> BigInt(32 * n)) & 0xffff_ffffn), n);
    };
    await put('PE', fault.peIndex);
    await put('NODE', fault.nodeCode);
    await put('KIND', fault.kindCode);
    await putWide('FIRST', first, 2);
    await putWide('LAST', last, 2);
    const words = Math.ceil(this.#top.design.faultPort.dataBits / 32);
    await putWide('MASK', fault.mask, words);
    await putWide('VALUE', fault.value, words);
    await put('ENABLE', 1);
  }

  async #readCounter(name: string): Promise<number> {
    const low = await this.#read(addressOf(name, 0));
    return low + (await this.#read(addressOf(name, 1))) * 2 ** 32;
  }

  async #read(address: number): Promise<number> {
    const { isError, value } = await this.#transport.readRegister(address);
    if (isError) throw new EspalierError(`the core refuses to read register 0x${address.toString(16)}`);
    return value;
  }

  async #write(address: number, value: number): Promise<void> {
    const { isError } = await this.#transport.writeRegister(address, value);
    if (isError) throw new EspalierError(`the core refuses to write register 0x${address.toString(16)}`);
  }

  /** More clocks than can pass between two beats while the core works, even with many stalls outside. */
  #patienceClocks(): number {
    return this.#drainClocks() + 2 ** 20;
  }

  /** Clocks without a beat after which nothing is on its way. */
  #drainClocks(): number {
    return 10_000 + 4 * (this.#top.drainCycles + this.#top.intervalCycles);
  }
}
