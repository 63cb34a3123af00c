import { checksumAddress } from '../config/checksumAddress.js'
import { decimalOpen } from '../terminal/formats.js'

/** What stands under these keys is somebody's text, or a file that is given as it is. */
const verbatim: ReadonlySet<string> = new Set([
  'answer',
  'completion',
  'content',
  'file',
  'messages',
  'prompt',
  'purpose',
  'reason',
  'text',
])

/**
 * The data of a result as every command shows it: addresses in their EIP-55 spelling, however they were typed or stored.
 * With `open` each amount of wei has the same amount in OPEN beside it, so that nobody has to count zeros.
 *
 * @example
 * presentData({ feeWei: 250_000_000_000_000_000n }, { open: true }) // { feeWei: 250000000000000000n, feeOpen: '0.25' }
 */
export function presentData<Data>(data: Data, { open }: { readonly open: boolean }): Data {
  // The shape stays, but for what is added.
  return present(data, open) as Data
}

function present(value: unknown, open: boolean): unknown {
  if (typeof value === 'string') return checksumAddress(value) ?? value
  if (Array.isArray(value)) return value.map((each) => present(each, open))
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => [
      [key, verbatim.has(key) ? each : present(each, open)],
      ...(open ? besides(key, each, value) : []),
    ]),
  )
}

/** The amount of a key such as `feeWei` again, as `feeOpen`. */
function besides(key: string, value: unknown, all: object): [string, string | null][] {
  const name = key.replace(/Wei$/, 'Open')
  if (name === key || name in all) return []
  if (value === null) return [[name, null]]
  const isAmount = typeof value === 'bigint' || (typeof value === 'string' && /^\d+$/.test(value))
  return isAmount ? [[name, decimalOpen(BigInt(value))]] : []
}
