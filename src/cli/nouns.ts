/** The groups of the top-level help in their order, and the nouns of each. The help leaves out a noun without commands. */
export const groups: readonly { readonly title: string; readonly nouns: readonly string[] }[] = [
  { title: 'Start', nouns: ['quickstart', 'init', 'doctor'] },
  { title: 'Data', nouns: ['datanet'] },
  { title: 'Model', nouns: ['train', 'model', 'attribute'] },
  { title: 'Chain', nouns: ['devnet', 'inference', 'rewards', 'stake', 'gov', 'wallet'] },
]

/** One line for each noun that has verbs, and for each group of verbs: `devnet snapshot`. */
export const nounSummaries: Readonly<Record<string, string>> = {
  datanet: 'Collect, check and publish the records of a Datanet',
  model: 'Ask, measure and merge models, and publish them on the chain',
  devnet: 'Run a local L1 and L2 whose gas is OPEN',
  wallet: 'Manage the keys that sign on public networks',
  'devnet bridge': 'Move OPEN between the L1 and the L2',
  'datanet access': 'Ask for, grant and revoke the right to train on a Datanet',
  'model ownership': 'Transfer a model to another owner',
  'inference voucher': 'Sign, redeem and show vouchers that pay for answers',
  'datanet contributors': 'List the accounts whose records a closed Datanet accepts, and change the list',
  'datanet curators': 'Add and remove accounts that may publish versions and admit contributors',
  'datanet ownership': 'Transfer a Datanet to another owner',
  'datanet shares': 'Offer, accept and collect shares of a Datanet’s income',
  'devnet snapshot': 'Save and restore the state of both layers',
  gov: 'Propose, vote on and execute changes of the network’s parameters',
  stake: 'Stake OPEN to judge epochs and earn a part of the fees',
  inference: 'Pay for answers from a deposit with signed vouchers',
  rewards: 'Post an epoch of receipts, claim and verify payments',
}
