/** Groups of the top-level help, in its order, and the nouns in each. A noun without commands is not shown. */
export const groups: readonly { readonly title: string; readonly nouns: readonly string[] }[] = [
  { title: 'Start', nouns: ['quickstart', 'init', 'doctor'] },
  { title: 'Data', nouns: ['datanet'] },
  { title: 'Model', nouns: ['train', 'model', 'attribute'] },
  { title: 'Chain', nouns: ['devnet', 'inference', 'rewards', 'stake', 'gov', 'wallet'] },
]

/** One line for each noun that has verbs, and for each group of verbs within one: `devnet snapshot`. */
export const nounSummaries: Readonly<Record<string, string>> = {
  datanet: 'Collect, check and publish the records of a Datanet',
  model: 'Ask a model with its adapter, publish it on the chain',
  devnet: 'A local L1 and L2 whose gas is OPEN',
  wallet: 'The keys that sign on networks that are not local',
  'devnet bridge': 'OPEN between the L1 and the L2, both ways',
  'datanet access': 'Who may train on a Datanet: ask, decide, take back',
  'model ownership': 'Hand a model on',
  'inference voucher': 'Sign, redeem and show what is owed for answers',
  'datanet contributors': 'Whose records a closed Datanet takes',
  'datanet curators': 'Who publishes and admits beside the owner',
  'datanet ownership': 'Hand the role of the owner on',
  'datanet shares': 'Whose a Datanet’s income is: offer, accept, collect',
  'devnet snapshot': 'Keep and restore both layers as one',
  gov: 'Propose, vote on and carry out changes of the network’s parameters',
  stake: 'Stake OPEN to judge epochs, and earn a part of fees',
  inference: 'Pay for answers from a deposit, with signed vouchers',
  rewards: 'Post an epoch of receipts, claim and verify payments',
}
