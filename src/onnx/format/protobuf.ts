/**
 * Writes the few Protocol Buffers wire types that ONNX needs (https://protobuf.dev/programming-guides/encoding).
 * The caller writes a message field by field; a nested message is another writer.
 */
export class ProtobufWriter {
  readonly #parts: Uint8Array[] = []

  /** Writes a varint field: an integer, boolean or enumeration. ONNX needs no negative numbers. */
  int(field: number, value: number | bigint): this {
    this.#parts.push(varint(BigInt(field) << 3n), varint(BigInt(value)))
    return this
  }

  ints(field: number, values: readonly number[]): this {
    for (const value of values) this.int(field, value)
    return this
  }

  /** Writes a 32-bit field. */
  float(field: number, value: number): this {
    const bits = new DataView(new ArrayBuffer(4))
    bits.setFloat32(0, value, true)
    this.#parts.push(varint((BigInt(field) << 3n) | 5n), new Uint8Array(bits.buffer))
    return this
  }

  bytes(field: number, value: Uint8Array): this {
    this.#parts.push(varint((BigInt(field) << 3n) | 2n), varint(BigInt(value.length)), value)
    return this
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value))
  }

  message(field: number, value: ProtobufWriter): this {
    return this.bytes(field, value.finish())
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#parts)
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}
