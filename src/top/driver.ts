import { EspalierError } from '../errors.ts';
import type { FaultDrive } from '../schedule/beats.ts';
import { encodeTile, ResultReader, type TileMatrices } from './packets.ts';
import { addressOf, faultAddressOf, fieldMask, REGISTERS } from './register-map.ts';
import {
  identityOf,
  prepareWrites,
  type RegisterWrite,
  type SoftResetOptions,
  softResetWrite,
} from './register-writes.ts';
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
    for (const [name, value] of Object.entries(identityOf(this.#top))) {
      const found = await this.readRegister(name);
      if (found === value) continue;
      throw new EspalierError(
        `the core is not the top module of ${this.#top.design.name}: register ${name} reads ${found}, ${value} was expected`,
      );
    }
  }

  /** Clear counters and error flags, and set up the fault slots; those without a fault are switched off. */
  async prepare(faults: readonly FaultDrive[]): Promise<void> {
    for (const write of prepareWrites(this.#top, faults)) await this.#write(write);
  }

  /**
   * Forget all tiles and results, wherever they are, those that wait in the transport and those half out included, and
   * end the job. A packet of which the core has only a part stays open, and its rest, up to its last beat, will be
   * dropped; with `forgetPacket` the next beat is a header, for a source that has given the packet up.
   */
  async softReset(options: SoftResetOptions = {}): Promise<void> {
    await this.#write(softResetWrite(options));
    // What was open or waiting comes out now, and what comes of it belongs to nobody.
    await this.#transport.run({ packets: Number.MAX_SAFE_INTEGER, quietClocks: this.#drainClocks() });
    await this.#write(softResetWrite(options));
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

  async #readCounter(name: string): Promise<number> {
    const low = await this.#read(addressOf(name, 0));
    return low + (await this.#read(addressOf(name, 1))) * 2 ** 32;
  }

  async #read(address: number): Promise<number> {
    const { isError, value } = await this.#transport.readRegister(address);
    if (isError) throw new EspalierError(`the core refuses to read register 0x${address.toString(16)}`);
    return value;
  }

  async #write({ address, value }: RegisterWrite): Promise<void> {
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
