import { formatEther } from 'viem/utils'

/** An amount below this in OPEN would be a row of zeros. */
const leastWei = 10n ** 12n

/** An amount for an error's text, exact: `2.5 OPEN`, or `7 wei` if it is tiny. */
export const openOf = (wei: bigint): string =>
  wei !== 0n && wei < leastWei ? `${wei} wei` : `${formatEther(wei)} OPEN`
