// Python's random.Random(seed).shuffle: MT19937 (Matsumoto and Nishimura 1998) seeded by init_by_array, and Fisher-Yates with
// numbers drawn by bits and refused when too large. The split into training and held-out text was made by it once, and stays.

const size = 624

function twister(seed) {
  const state = new Uint32Array(size)
  state[0] = 19650218
  for (let i = 1; i < size; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i
  let i = 1
  const advance = () => {
    if (++i < size) return
    state[0] = state[size - 1]
    i = 1
  }
  const mixed = () => state[i - 1] ^ (state[i - 1] >>> 30)
  for (let k = 0; k < size; k++, advance()) state[i] = (state[i] ^ Math.imul(mixed(), 1664525)) + seed
  for (let k = 1; k < size; k++, advance()) state[i] = (state[i] ^ Math.imul(mixed(), 1566083941)) - i
  state[0] = 0x80000000

  let at = size
  return () => {
    if (at === size) {
      for (let k = 0; k < size; k++) {
        const y = (state[k] & 0x80000000) | (state[(k + 1) % size] & 0x7fffffff)
        state[k] = state[(k + 397) % size] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
      }
      at = 0
    }
    let y = state[at++]
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }
}

/** Shuffles in place, as `random.Random(seed).shuffle(items)` for a seed below 2^32. */
export function pythonShuffle(items, seed) {
  const next = twister(seed)
  for (let i = items.length - 1; i > 0; i--) {
    const bits = 32 - Math.clz32(i + 1)
    let j
    do j = next() >>> (32 - bits)
    while (j > i)
    ;[items[i], items[j]] = [items[j], items[i]]
  }
  return items
}
