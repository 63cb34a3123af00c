import {
  type Address,
  encodeAbiParameters,
  type Hex,
  hashTypedData,
  keccak256,
  type LocalAccount,
  type TypedDataDefinition,
  zeroHash,
} from 'viem'

/** What a payer owes a model in all, and for which inferences: a promise until it is redeemed against the payer’s deposit. */
export interface Voucher {
  readonly payer: Address
  readonly modelId: Hex
  /** Wei since the beginning, all earlier vouchers included. */
  readonly cumulativeWei: bigint
  /** Head of the chain over all inferences that it pays for: see {@link inferencesHead}. */
  readonly inferences: Hex
}

export interface SignedVoucher {
  readonly voucher: Voucher
  readonly signature: Hex
}

/** Where a voucher counts: nowhere else. */
export interface VoucherDomain {
  readonly chainId: number
  /** The InferenceEscrow. */
  readonly escrow: Address
}

/** EIP-712 types of a voucher, for any wallet. */
export const voucherTypes = {
  Voucher: [
    { name: 'payer', type: 'address' },
    { name: 'modelId', type: 'bytes32' },
    { name: 'cumulative', type: 'uint256' },
    { name: 'inferences', type: 'bytes32' },
  ],
} as const

/**
 * A voucher as EIP-712 typed data: what `eth_signTypedData_v4` of any wallet signs.
 *
 * @example
 * const signature = await walletClient.signTypedData(voucherTypedData({ chainId: 1612, escrow, voucher }))
 */
export const voucherTypedData = ({
  chainId,
  escrow,
  voucher: { cumulativeWei, ...voucher },
}: VoucherDomain & { readonly voucher: Voucher }): TypedDataDefinition<typeof voucherTypes, 'Voucher'> => ({
  domain: { name: 'OpenLedger InferenceEscrow', version: '1', chainId, verifyingContract: escrow },
  types: voucherTypes,
  primaryType: 'Voucher',
  message: { ...voucher, cumulative: cumulativeWei },
})

/**
 * The digest that the payer signs, and the name under which the escrow keeps a redemption.
 *
 * @example
 * const id = voucherIdOf({ chainId: 1612, escrow, voucher })
 */
export const voucherIdOf = (parameters: VoucherDomain & { readonly voucher: Voucher }): Hex =>
  hashTypedData(voucherTypedData(parameters))

/**
 * Signs a voucher with the payer’s key. Sends nothing and asks nobody.
 *
 * @example
 * const { signature } = await signVoucher(account, { chainId, escrow, voucher: { payer: account.address, ...rest } })
 */
export async function signVoucher(
  account: LocalAccount,
  parameters: VoucherDomain & { readonly voucher: Voucher },
): Promise<SignedVoucher> {
  return { voucher: parameters.voucher, signature: await account.signTypedData(voucherTypedData(parameters)) }
}

/** An inference that a voucher pays for. */
export interface VoucherInference {
  readonly inferenceId: Hex
  readonly feeWei: bigint
}

/**
 * Head of the chain over inferences, in the order in which they were answered: head’ = keccak256(abi.encode(head,
 * inferenceId, fee)). A payer that signs it agrees to this list and no other, so a redemption can be checked against
 * receipts: the fees since the voucher before sum to what was redeemed.
 *
 * @param from the head of the voucher before; left out for the first one
 * @example
 * const inferences = inferencesHead([{ inferenceId, feeWei }], earlier.inferences)
 */
export const inferencesHead = (inferences: readonly VoucherInference[], from: Hex = zeroHash): Hex =>
  inferences.reduce(
    (head, { inferenceId, feeWei }) => keccak256(encodeAbiParameters(chainTypes, [head, inferenceId, feeWei])),
    from,
  )

const chainTypes = [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'uint256' }] as const
