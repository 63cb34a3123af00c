import { open } from 'node:fs/promises'

/**
 * Reads a part of a file into memory of its own, aligned for every element type.
 *
 * @returns fewer bytes than wanted where the file ends before them
 */
export async function readBytes(path: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const data = new Uint8Array(new ArrayBuffer(length))
  const file = await open(path, 'r')
  try {
    let read = 0
    while (read < length) {
      // One call of the system reads less than 2 GiB.
      const { bytesRead } = await file.read(data, read, Math.min(length - read, 2 ** 30), offset + read)
      if (bytesRead === 0) return data.subarray(0, read)
      read += bytesRead
    }
    return data
  } finally {
    await file.close()
  }
}
