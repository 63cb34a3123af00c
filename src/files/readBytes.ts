import { open } from 'node:fs/promises'

/**
 * Reads a part of a file into a new buffer, which is aligned for every element type.
 *
 * @returns fewer than `length` bytes when the file ends before
 */
export async function readBytes(path: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const data = new Uint8Array(new ArrayBuffer(length))
  const file = await open(path, 'r')
  try {
    let read = 0
    while (read < length) {
      // One system call reads less than 2 GiB.
      const { bytesRead } = await file.read(data, read, Math.min(length - read, 2 ** 30), offset + read)
      if (bytesRead === 0) return data.subarray(0, read)
      read += bytesRead
    }
    return data
  } finally {
    await file.close()
  }
}
