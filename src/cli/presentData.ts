import { checksumAddress } from '../config/checksumAddress.js'
import { decimalOpen } from '../terminal/formats.js'

/** Keys whose values are texts of users, or files that are given as they are. */
const verbatim: ReadonlySet<string> = new Set([
  'answer',
  'completion',
  'content',
  'excerpt',
  'file',
  'messages',
  'prompt',
  'purpose',
  'reason',
  'text',
])

/**
 * Prepares the data of a result for display. Addresses get their EIP-55 spelling, however they were typed or stored. With
 * `open` each amount of wei also gets a key with the amount in OPEN, so that nobody has to count zeros.
 *
 * @example
 * presentData({ feeWei: 250_000_000_000_000_000n }, { open: true }) // { feeWei: 250000000000000000n, feeOpen: '0.25' }
 */
export function presentData<Data>(data: Data, { open }: { readonly open: boolean }): Data {
  // The shape stays the same except for added keys.
  return present(data, open) as Data
}

function present(value: unknown, open: boolean): unknown {
  if (typeof value === 'string') return checksumAddress(value) ?? value
  if (Array.isArray(value)) return value.map((each) => present(each, open))
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => [
      [key, verbatim.has(key) ? each : present(each, open)],
      ...(open ? amountInOpen(key, each, value) : []),
    ]),
  )
}

/** For a key such as `feeWei`, the additional entry `feeOpen`. */
function amountInOpen(key: string, value: unknown, all: object): [string, string | null][] {
  const name = key.replace(/Wei$/, 'Open')
  if (name === key || name in all) return []
  if (value === null) return [[name, null]]
  const isAmount = typeof value === 'bigint' || (typeof value === 'string' && /^\d+$/.test(value))
  return isAmount ? [[name, decimalOpen(BigInt(value))]] : []
}
