import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { parseEther } from 'viem'
import { approveAccess } from '../../src/chain/actions/datanets/approveAccess.js'
import { createDatanet } from '../../src/chain/actions/datanets/createDatanet.js'
import { requestAccess } from '../../src/chain/actions/datanets/requestAccess.js'
import { revokeAccess } from '../../src/chain/actions/datanets/revokeAccess.js'
import { setAccessPrice } from '../../src/chain/actions/datanets/setAccessPrice.js'
import { delegateVotes } from '../../src/chain/actions/governance/delegateVotes.js'
import { requestUnstake } from '../../src/chain/actions/staking/requestUnstake.js'
import { stake } from '../../src/chain/actions/staking/stake.js'
import { unwrapOpen } from '../../src/chain/actions/tokens/unwrapOpen.js'
import { wrapOpen } from '../../src/chain/actions/tokens/wrapOpen.js'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { rpc } from '../../src/devnet/node/rpc.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { as, salt } from './story.js'

let devnet: Devnet
beforeAll(async () => {
  devnet = await startDevnet()
})
afterAll(() => devnet.stop())

/**
 * Sends a call in the second of the block before it, and has it mined two seconds later: the estimate sees checkpoints that
 * are replaced, the block has to begin new ones.
 */
async function minedLater<Result>(first: () => Promise<unknown>, second: () => Promise<Result>): Promise<Result> {
  const { rpcUrl } = devnet.l2
  await new Promise((resolve) => setTimeout(resolve, 1_020 - (Date.now() % 1_000)))
  await first()
  await rpc(rpcUrl, 'evm_setAutomine', [false])
  const mining = second()
  // The second ends; nothing else mines meanwhile but what brings the L1's attributes.
  const mine = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    await rpc(rpcUrl, 'evm_setAutomine', [true])
    await rpc(rpcUrl, 'evm_mine')
  }
  const [result] = await Promise.all([mining, mine()])
  return result
}

test('stake and votes are counted by time, and a call that is mined later than estimated has gas for it', async () => {
  const [one, two] = [as(devnet, 'mara'), as(devnet, 'tobias')]
  const amountWei = parseEther('100')
  const staking = { amountWei }
  const wrapping = { contract: 'GOPEN' as const, amountWei }
  await minedLater(
    () => stake(one, staking),
    () => stake(two, staking),
  )
  await minedLater(
    () => stake(two, staking),
    () => stake(two, staking),
  )
  const { gasUsed } = await minedLater(
    () => stake(two, staking),
    () => requestUnstake(two, staking),
  )
  expect(gasUsed).toBeGreaterThan(0n)
  for (const client of [one, two]) {
    await wrapOpen(client, wrapping)
    await delegateVotes(client, { delegatee: devAccounts().mara.address })
  }
  await minedLater(
    () => wrapOpen(one, wrapping),
    () => wrapOpen(two, wrapping),
  )
  await minedLater(
    () => wrapOpen(one, wrapping),
    () => unwrapOpen(two, wrapping),
  )
})

test('access that is taken back later than estimated has gas for what was earned of its price', async () => {
  const [owner, asker] = [as(devnet, 'maintainer'), as(devnet, 'mara')]
  const policy = { permissionedContribution: true, permissionedAccess: true, contributorsHaveAccess: false }
  const { datanetId } = await createDatanet(owner, { name: 'guarded', salt, licence: 'CC-BY-4.0', policy })
  const priceWei = parseEther('30')
  const ask = { datanetId, periodSeconds: 30 * 86_400, purpose: 'a model', priceWei }
  await setAccessPrice(owner, ask)
  const { requestId } = await requestAccess(asker, ask)
  const { refundWei } = await minedLater(
    () => approveAccess(owner, { requestId }),
    () => revokeAccess(owner, { datanetId, account: asker.account.address, reason: 'broken' }),
  )
  expect(refundWei).toBeLessThan(priceWei)
})
