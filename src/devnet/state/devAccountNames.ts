/** Names of the test phrase's accounts on the devnet, by index. */
export const devAccountNames = [
  'deployer',
  'maintainer',
  'operator',
  'user',
  'mara',
  'tobias',
  'ines',
  'kwame',
  'zed',
  'relayer',
] as const

export type DevAccountName = (typeof devAccountNames)[number]
