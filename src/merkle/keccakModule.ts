/**
 * A WebAssembly module with one function: the permutation keccak-f[1600] (FIPS 202, section 3.3) on the 25 little-endian
 * 64-bit lanes at the start of its memory. WebAssembly has fast 64-bit integers, which JavaScript lacks.
 *
 * This file assembles the module from the specification, so that a reader can check the code that runs.
 */

const LANES = 25
const ROUNDS = 24
/** Offset of the round constants in the module's memory, after the 200 bytes of state. */
const CONSTANTS = 256

const I32 = 0x7f
const I64 = 0x7e
const LOCAL_GET = 0x20
const LOCAL_SET = 0x21
const LOCAL_TEE = 0x22
const I32_CONST = 0x41
const I64_CONST = 0x42
const I64_LOAD = 0x29
const I64_STORE = 0x37
const I32_ADD = 0x6a
const I32_LT_U = 0x49
const I64_AND = 0x83
const I64_XOR = 0x85
const I64_ROTL = 0x89
const LOOP = 0x03
const BR_IF = 0x0d
const END = 0x0b
const VOID = 0x40
/** Alignment hint of 8 bytes, as a power of two. */
const ALIGN = 3

/** Local variables: the state a, its permuted copy b, the column parities c, the words d that theta adds, the round's offset. */
const a = (lane: number) => lane
const b = (lane: number) => LANES + lane
const c = (x: number) => 2 * LANES + x
const d = (x: number) => 2 * LANES + 5 + x
const ROUND = 2 * LANES + 10

const unsigned = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
const signed = (value: number): number[] =>
  value >= -64 && value < 64 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)]
const get = (local: number) => [LOCAL_GET, ...unsigned(local)]
const set = (local: number) => [LOCAL_SET, ...unsigned(local)]
const section = (id: number, content: number[]) => [id, ...unsigned(content.length), ...content]
const name = (text: string) => [...unsigned(text.length), ...Buffer.from(text)]
const each = (count: number, emit: (index: number) => number[]) =>
  Array.from({ length: count }, (_, i) => emit(i)).flat()

/** Bits by which rho rotates each lane: the triangular numbers along the walk (x, y) -> (y, 2x + 3y) from (1, 0). */
function rotations(): number[] {
  const by = new Array<number>(LANES).fill(0)
  let [x, y] = [1, 0]
  for (let t = 0; t < 24; t++) {
    by[x + 5 * y] = (((t + 1) * (t + 2)) / 2) % 64
    ;[x, y] = [y, (2 * x + 3 * y) % 5]
  }
  return by
}

/** The constant that iota adds in each round: bits 2^j - 1 from the shift register x^8 + x^6 + x^5 + x^4 + 1. */
function roundConstants(): bigint[] {
  let register = 1
  return Array.from({ length: ROUNDS }, () => {
    let constant = 0n
    for (let j = 0; j < 7; j++) {
      if (register & 1) constant |= 1n << BigInt(2 ** j - 1)
      register = register & 0x80 ? ((register << 1) ^ 0x171) & 0xff : register << 1
    }
    return constant
  })
}

function round(): number[] {
  const turns = rotations()
  const theta = [
    ...each(5, (x) => [...get(a(x)), ...each(4, (y) => [...get(a(x + 5 * (y + 1))), I64_XOR]), ...set(c(x))]),
    ...each(5, (x) => [
      ...get(c((x + 4) % 5)),
      ...get(c((x + 1) % 5)),
      ...[I64_CONST, ...signed(1), I64_ROTL, I64_XOR],
      ...set(d(x)),
    ]),
  ]
  const rhoAndPi = each(LANES, (lane) => {
    const [x, y] = [lane % 5, Math.floor(lane / 5)]
    const turned = [...get(a(lane)), ...get(d(x)), I64_XOR, I64_CONST, ...signed(turns[lane] ?? 0), I64_ROTL]
    return [...turned, ...set(b(y + 5 * ((2 * x + 3 * y) % 5)))]
  })
  const chi = each(LANES, (lane) => {
    const row = lane - (lane % 5)
    const next = b(row + ((lane + 1) % 5))
    const afterNext = b(row + ((lane + 2) % 5))
    const masked = [...get(next), I64_CONST, ...signed(-1), I64_XOR, ...get(afterNext), I64_AND]
    return [...get(b(lane)), ...masked, I64_XOR, ...set(a(lane))]
  })
  const iota = [...get(a(0)), ...get(ROUND), I64_LOAD, ALIGN, ...unsigned(CONSTANTS), I64_XOR, ...set(a(0))]
  return [...theta, ...rhoAndPi, ...chi, ...iota]
}

function permutation(): number[] {
  const locals = [2, ...unsigned(ROUND), I64, 1, I32]
  const load = each(LANES, (lane) => [I32_CONST, 0, I64_LOAD, ALIGN, ...unsigned(8 * lane), ...set(a(lane))])
  const advance = [...get(ROUND), I32_CONST, ...signed(8), I32_ADD, LOCAL_TEE, ...unsigned(ROUND)]
  const repeat = [I32_CONST, ...signed(8 * ROUNDS), I32_LT_U, BR_IF, 0]
  const store = each(LANES, (lane) => [I32_CONST, 0, ...get(a(lane)), I64_STORE, ALIGN, ...unsigned(8 * lane)])
  const code = [...locals, ...load, LOOP, VOID, ...round(), ...advance, ...repeat, END, ...store, END]
  return [...unsigned(code.length), ...code]
}

/** The bytes of the module, which exports `memory` (one page) and `permute`. */
export function assembleKeccak(): Uint8Array {
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
  const constants = Buffer.from(BigUint64Array.from(roundConstants()).buffer)
  return Uint8Array.from([
    ...header,
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('permute'), 0, 0]),
    ...section(10, [1, ...permutation()]),
    ...section(11, [1, 0, I32_CONST, ...signed(CONSTANTS), END, ...unsigned(constants.length), ...constants]),
  ])
}
