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

/**
 * A payer's promise to a model: how much it owes in all, and for which inferences. The escrow redeems it against the
 * payer's deposit.
 */
export interface Voucher {
  readonly payer: Address
  readonly modelId: Hex
  /** Wei since the beginning, all earlier vouchers included. */
  readonly cumulativeWei: bigint
  /** Head of the hash chain over all inferences that it pays for: see {@link inferencesHead}. */
  readonly inferences: Hex
}

export interface SignedVoucher {
  readonly voucher: Voucher
  readonly signature: Hex
}

/** EIP-712 domain of a voucher: the chain and the escrow that it is valid for. */
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

/** A voucher as the escrow's ABI and EIP-712 spell it. */
export const voucherStruct = ({ cumulativeWei, ...voucher }: Voucher) => ({ ...voucher, cumulative: cumulativeWei })

/**
 * A voucher as EIP-712 typed data: what `eth_signTypedData_v4` of any wallet signs.
 *
 * @example
 * const signature = await signer.signTypedData(voucherTypedData({ chainId: 1612, escrow, voucher }))
 */
export const voucherTypedData = ({
  chainId,
  escrow,
  voucher,
}: VoucherDomain & { readonly voucher: Voucher }): TypedDataDefinition<typeof voucherTypes, 'Voucher'> => ({
  domain: { name: 'OpenLedger InferenceEscrow', version: '1', chainId, verifyingContract: escrow },
  types: voucherTypes,
  primaryType: 'Voucher',
  message: voucherStruct(voucher),
})

/**
 * The digest that the payer signs. The escrow stores the redemption of a voucher under it.
 *
 * @example
 * const id = voucherIdOf({ chainId: 1612, escrow, voucher })
 */
export const voucherIdOf = (parameters: VoucherDomain & { readonly voucher: Voucher }): Hex =>
  hashTypedData(voucherTypedData(parameters))

/**
 * Signs a voucher with the payer's key. It sends nothing and asks no node.
 *
 * @example
 * const { signature } = await signVoucher(signer, { chainId: 1612, escrow, voucher })
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
 * Head of the hash chain over inferences, in the order in which they were answered: head' = keccak256(abi.encode(head,
 * inferenceId, fee)). A payer that signs it agrees to this list and no other, so a redemption can be checked against
 * receipts: the fees since the previous voucher sum to the redeemed amount.
 *
 * @param from the head of the previous voucher; zero, the default, for the first one
 * @example
 * const inferences = inferencesHead([{ inferenceId, feeWei }], earlier.inferences)
 */
export const inferencesHead = (inferences: readonly VoucherInference[], from: Hex = zeroHash): Hex =>
  inferences.reduce(
    (head, { inferenceId, feeWei }) => keccak256(encodeAbiParameters(linkTypes, [head, inferenceId, feeWei])),
    from,
  )

const linkTypes = [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'uint256' }] as const
