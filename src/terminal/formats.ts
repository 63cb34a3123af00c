const weiPerOpen = 10n ** 18n

/**
 * Formats an amount for people: OPEN with `digits` decimals, cut off and never rounded up.
 * Non-zero amounts never print as 0.
 *
 * @example
 * formatOpen(1_234_567_890_123_456_789n) // '1.234567 OPEN'
 * formatOpen(1n) // '<0.000001 OPEN'
 */
export function formatOpen(wei: bigint, digits = 6): string {
  const sign = wei < 0n ? '-' : ''
  const size = wei < 0n ? -wei : wei
  const unit = 10n ** BigInt(18 - digits)
  if (size > 0n && size < unit) return `${sign}<${decimal(unit, digits)} OPEN`
  return `${sign}${decimal(size, digits)} OPEN`
}

/** Like {@link formatOpen} without the unit, for columns whose title names it: `'1.23'`. Further decimals are cut off. */
export const formatCoins = (wei: bigint, digits = 2): string => decimal(wei, digits)

/**
 * Formats the exact amount for programs, without a unit, separators or trailing zeros.
 *
 * @example
 * decimalOpen(250_000_000_000_000_000n) // '0.25'
 */
export function decimalOpen(wei: bigint): string {
  const size = wei < 0n ? -wei : wei
  const fraction = (size % weiPerOpen).toString().padStart(18, '0').replace(/0+$/, '')
  return `${wei < 0n ? '-' : ''}${size / weiPerOpen}${fraction === '' ? '' : `.${fraction}`}`
}

function decimal(wei: bigint, digits: number): string {
  const whole = (wei / weiPerOpen).toString().replace(/\B(?=(\d{3})+$)/g, ',')
  const fraction = (wei % weiPerOpen).toString().padStart(18, '0').slice(0, digits)
  return digits === 0 ? whole : `${whole}.${fraction}`
}

/**
 * Formats a share in whole per cents. Only 0 prints as 0 %, and only 1 as 100 %.
 *
 * @example
 * formatShare(0.734) // '73 %'
 */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.005) return '<1 %'
  // Shares are sums of floating-point numbers, so that 1 may be slightly less.
  if (share >= 0.995 && share < 1 - 1e-9) return '>99 %'
  return `${Math.round(100 * share)} %`
}

/**
 * Formats a length of time with at most two units.
 *
 * @example
 * formatDuration(12_400) // '12.4 s'
 */
export function formatDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return '?'
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  const minutes = Math.floor(seconds / 60)
  const two = (value: number): string => String(value).padStart(2, '0')
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`
  const rounded = Math.round(seconds / 60)
  return `${Math.floor(rounded / 60)} h ${two(rounded % 60)} min`
}

/**
 * Formats a size in decimal units, like disks and networks.
 *
 * @example
 * formatBytes(4_250_000) // '4.25 MB'
 */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  // With three digits, 999.5 and more would print as 1000.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return unit === 0 ? `${value} B` : `${value.toPrecision(3)} ${units[unit]}`
}

/**
 * Shortens a hash or an address to its two ends.
 *
 * @example
 * shortHex('0x8f0ad3b7…') // '0x8f0a…c41d'
 */
export function shortHex(hex: string, digits = 4): string {
  return hex.length <= 2 + 2 * digits + 1 ? hex : `${hex.slice(0, 2 + digits)}…${hex.slice(-digits)}`
}

/**
 * Formats a count with its noun in the singular or plural: `1 answer`, `3 answers`.
 *
 * @example
 * formatCount(2, 'voucher') // '2 vouchers'
 */
export const formatCount = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
