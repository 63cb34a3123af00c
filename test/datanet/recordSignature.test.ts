import { describe, expect, test } from '@jest/globals'
import {
  encodeAbiParameters,
  type Hex,
  keccak256,
  parseSignature,
  recoverAddress,
  recoverTypedDataAddress,
  serializeSignature,
  toHex,
} from 'viem'
import { recordTypedData, signRecord, verifyRecordSignature } from '../../src/datanet/intake/recordSignature.js'
import { datanetIdentity } from '../../src/datanet/store/datanetIdentity.js'
import { accountOf, errorOf } from './fixtures.js'

const mara = accountOf(4)
const curveOrder = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const datanet = datanetIdentity('harbour', keccak256('0x5a'))
const statement = { datanet, recordId: keccak256('0x01'), licence: 'CC0-1.0' }
const place = { file: 'notes.jsonl', line: 3 }

describe('record signatures', () => {
  test('are EIP-712 signatures: the digest worked out by hand recovers the signer', async () => {
    const hashText = (text: string) => keccak256(toHex(text))
    const domain = keccak256(
      encodeAbiParameters(
        [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'bytes32' }],
        [hashText('EIP712Domain(string name,string version)'), hashText('OpenLedger Datanet'), hashText('2')],
      ),
    )
    const struct = keccak256(
      encodeAbiParameters(
        [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'bytes32' }, { type: 'bytes32' }],
        [
          hashText('Record(bytes32 datanet,bytes32 recordId,string licence)'),
          statement.datanet,
          statement.recordId,
          hashText(statement.licence),
        ],
      ),
    )
    const hash = keccak256(`0x1901${domain.slice(2)}${struct.slice(2)}`)
    const signature = await signRecord(mara, statement)
    expect(await recoverAddress({ hash, signature })).toBe(mara.address)
    await verifyRecordSignature(statement, mara.address, signature, place)
  })

  test.each([
    // The signature was made for another Datanet of the same name.
    ['another Datanet', { ...statement, datanet: datanetIdentity('harbour', keccak256('0x5b')) }],
    ['another record', { ...statement, recordId: keccak256('0x02') }],
    ['another licence', { ...statement, licence: 'MIT' }],
  ])('do not hold for %s', async (_, other) => {
    const signature = await signRecord(mara, statement)
    expect(await errorOf(() => verifyRecordSignature(other, mara.address, signature, place))).toMatchObject({
      code: 'OL1110',
      details: { file: 'notes.jsonl', line: 3, contributor: mara.address },
    })
  })

  test('do not hold for another contributor', async () => {
    const signature = await signRecord(mara, statement)
    expect(await errorOf(() => verifyRecordSignature(statement, accountOf(5).address, signature, place))).toMatchObject(
      { code: 'OL1110', details: { signer: mara.address } },
    )
  })

  test('have one spelling: s in the lower half, and 27 or 28', async () => {
    const signature = await signRecord(mara, statement)
    const { r, s, yParity } = parseSignature(signature)
    const zeroOrOne = `${signature.slice(0, 130)}0${yParity}` as Hex
    const upper = toHex(curveOrder - BigInt(s), { size: 32 })
    const other = serializeSignature({ r, s: upper, yParity: 1 - yParity })
    // By the curve alone both are by mara.
    for (const each of [zeroOrOne, other])
      expect(await recoverTypedDataAddress({ ...recordTypedData(statement), signature: each })).toBe(mara.address)

    expect(await verifyRecordSignature(statement, mara.address, signature, place)).toBe(signature)
    expect(await verifyRecordSignature(statement, mara.address, zeroOrOne, place)).toBe(signature)
    expect(await errorOf(() => verifyRecordSignature(statement, mara.address, other, place))).toMatchObject({
      code: 'OL1116',
      exitCode: 6,
      details: { file: 'notes.jsonl', line: 3, recordId: statement.recordId },
    })
    // As a transaction of chain 1 has it (EIP-155).
    const withChain = `${signature.slice(0, 130)}${(37 + yParity).toString(16)}` as Hex
    expect(await errorOf(() => verifyRecordSignature(statement, mara.address, withChain, place))).toMatchObject({
      code: 'OL1111',
      exitCode: 6,
    })
  })

  test('of a message with the same words are not of the statement', async () => {
    const signature = await mara.signMessage({ message: JSON.stringify(statement) })
    expect(await errorOf(() => verifyRecordSignature(statement, mara.address, signature, place))).toMatchObject({
      code: 'OL1110',
    })
  })

  test.each([
    ['of zeros', `0x${'00'.repeat(65)}`],
    ['with a recovery number that does not exist', `0x${'11'.repeat(64)}63`],
  ] as const)('%s are not signatures', async (_, signature) => {
    expect(await errorOf(() => verifyRecordSignature(statement, mara.address, signature, place))).toMatchObject({
      code: 'OL1111',
      exitCode: 6,
    })
  })
})
