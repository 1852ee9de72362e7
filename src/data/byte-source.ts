import { open } from 'node:fs/promises';
import { FileError } from '../errors.ts';
import { reasonOf } from '../make-directory.ts';

/** Bytes that are read where they are needed; `place` is what errors call them. */
export interface ByteSource {
  readonly place: string;
  readonly sizeBytes: number;
  /** Read exactly `length` bytes. @throws {FileError} when they are not there. */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Open a file to read ranges of it.
 * @throws {FileError} when it is missing or unreadable.
 */
export async function openBytes(path: string): Promise<ByteSource> {
  const refuse = (cause: unknown): never => {
    throw new FileError(`cannot read ${path}: ${reasonOf(cause)}`, { cause });
  };
  const file = await open(path).catch(refuse);
  const { size: sizeBytes } = await file.stat();
  return {
    place: path,
    sizeBytes,
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const { bytesRead } = await file.read(bytes, done, length - done, offset + done).catch(refuse);
        if (bytesRead === 0) {
          throw new FileError(`${path} ends early: ${offset + length} bytes needed, ${offset + done} there`);
        }
        done += bytesRead;
      }
      return bytes;
    },
    close: () => file.close(),
  };
}

/** Serve bytes in memory. */
export function bytesInMemory(bytes: Uint8Array, place: string): ByteSource {
  return {
    place,
    sizeBytes: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    close: async () => {},
  };
}
