import { formatEther } from 'viem/utils'

/** Below this, what is left of an amount in OPEN is a row of zeros. */
const leastWei = 10n ** 12n

/** An amount for an error's text, exact: `2.5 OPEN`, or `7 wei` where it is very little. */
export const openOf = (wei: bigint): string =>
  wei !== 0n && wei < leastWei ? `${wei} wei` : `${formatEther(wei)} OPEN`
