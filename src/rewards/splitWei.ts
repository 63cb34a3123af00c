import { OpenLedgerError } from '../errors/OpenLedgerError.js'

const parts = new DataView(new ArrayBuffer(8))

/** A finite float64, exactly, as a multiple of 2^-1074. */
function exactInteger(value: number): bigint {
  parts.setFloat64(0, value)
  const bits = parts.getBigUint64(0)
  const exponent = (bits >> 52n) & 0x7ffn
  const fraction = bits & 0xfffffffffffffn
  return exponent === 0n ? fraction : (fraction | 0x10000000000000n) << (exponent - 1n)
}

/**
 * Splits a pool by weights of any magnitude with the largest-remainder method (Hamilton). The parts sum to the pool to the
 * wei, every part is less than a wei away from its exact quota, and a weight of zero gets nothing. Of equal remainders the
 * lower index comes first. The weights are exact: the rational numbers that the float64 values represent.
 *
 * @throws OL1509 when the pool or a weight is negative, a weight is not finite, or all weights are zero
 * @example
 * splitWei(100n, [1, 1, 1]) // [34n, 33n, 33n]
 */
export function splitWei(pool: bigint, weights: readonly number[]): bigint[] {
  const refuse = (reason: string): OpenLedgerError => new OpenLedgerError('OL1509', { pool, reason })
  if (pool < 0n) throw refuse('the pool is negative')
  const bad = weights.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)))
  if (bad >= 0) throw refuse(`weight ${bad} is ${weights[bad]}`)
  if (pool === 0n) return weights.map(() => 0n)
  const exact = weights.map(exactInteger)
  const total = exact.reduce((sum, weight) => sum + weight, 0n)
  if (total === 0n) throw refuse(weights.length === 0 ? 'there are no weights' : 'all weights are zero')
  const shares = exact.map((weight) => (pool * weight) / total)
  const remainders = exact.map((weight) => (pool * weight) % total)
  const missing = Number(pool - shares.reduce((sum, share) => sum + share, 0n))
  const order = [...weights.keys()].sort((a, b) => {
    const [left, right] = [remainders[a] as bigint, remainders[b] as bigint]
    return left === right ? a - b : left > right ? -1 : 1
  })
  for (const index of order.slice(0, missing)) shares[index] = (shares[index] as bigint) + 1n
  return shares
}
