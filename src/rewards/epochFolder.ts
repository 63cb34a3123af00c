import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { canonicalJson, hashJson } from '../files/canonicalJson.js'
import { readJsonLines } from '../files/readJsonLines.js'
import { readJson } from '../files/readText.js'
import { systemCode } from '../files/systemCode.js'
import { makeFolderAtomic, writeFiles } from '../files/writeFolderAtomic.js'
import { loadTree } from '../merkle/loadTree.js'
import type { StandardTreeDump } from '../merkle/StandardTree.js'
import { type Epoch, epochManifestSchema, receiptLines } from './epochs.js'
import { parseFields } from './fields.js'
import { receiptSchema } from './receipts.js'
import { redemptionLines, redemptionSchema } from './redemptions.js'
import { cumulativeOf, type EpochFiles, type PreviousEpoch, verifyEpochOffChain } from './verify.js'

const dumpSchema = z.object({
  format: z.literal('standard-v1'),
  leafEncoding: z.array(z.string()),
  tree: z.array(z.string()),
  values: z.array(z.object({ value: z.array(z.string()), treeIndex: z.int().nonnegative() })),
})

type FileName = 'epoch.json' | 'receipts.jsonl' | 'redemptions.jsonl' | 'receipts-tree.json' | 'rewards-tree.json'

/** The contents of an epoch's files. */
export const filesOf = ({ manifest, receipts, redemptions, receiptsTree, rewardsTree }: Epoch): EpochFiles => ({
  manifest,
  receipts,
  redemptions,
  receiptsTree: receiptsTree.dump(),
  rewardsTree: rewardsTree.dump(),
})

/**
 * Writes `<folder>/<n>/` with epoch.json, receipts.jsonl, receipts-tree.json, rewards-tree.json and, if vouchers paid,
 * redemptions.jsonl. The whole folder appears at once or not at all. Writing the same epoch again changes nothing.
 *
 * @returns the epoch's folder
 * @throws OL1804 when the folder has another content
 * @throws OL1901 when the folder cannot be written
 */
export async function writeEpoch(folder: string, epoch: Epoch): Promise<string> {
  const number = epoch.manifest.epoch
  const path = join(folder, String(number))
  const { receiptsTree, rewardsTree } = filesOf(epoch)
  const contents: Readonly<Partial<Record<FileName, string>>> = {
    'epoch.json': `${canonicalJson(epoch.manifest)}\n`,
    'receipts.jsonl': receiptLines(epoch.receipts),
    ...(epoch.redemptions.length > 0 && { 'redemptions.jsonl': redemptionLines(epoch.redemptions) }),
    'receipts-tree.json': `${canonicalJson(receiptsTree)}\n`,
    'rewards-tree.json': `${canonicalJson(rewardsTree)}\n`,
  }
  const place = async (temporary: string, target: string): Promise<void> => {
    try {
      await rename(temporary, target)
    } catch (cause) {
      if (!['ENOTEMPTY', 'EEXIST'].includes(systemCode(cause) ?? '')) throw cause
      if (hashJson(await readJson(join(path, 'epoch.json'))) !== epoch.manifestHash)
        throw new OpenLedgerError('OL1804', { epoch: number, path })
      await rm(temporary, { recursive: true })
    }
  }
  await makeFolderAtomic(path, (temporary) => writeFiles(temporary, contents), place)
  return path
}

/**
 * Reads the files of an epoch and checks only their form; `verifyEpochOffChain` checks their content.
 *
 * @throws OL1800 when a field is malformed; the error names file, line and field
 * @throws OL1900, OL1903 or OL1904 when a file cannot be read
 */
export async function readEpochFiles(path: string): Promise<EpochFiles> {
  const file = (name: FileName): string => join(path, name)
  const readTree = async (name: FileName): Promise<StandardTreeDump> =>
    parseFields(dumpSchema, await readJson(file(name)), file(name))
  const lines = await readJsonLines(file('receipts.jsonl'))
  const manifest = parseFields(epochManifestSchema, await readJson(file('epoch.json')), file('epoch.json'))
  const redeemed = manifest.redemptionsHash === undefined ? [] : await readJsonLines(file('redemptions.jsonl'))
  return {
    manifest,
    redemptions: redeemed.map(({ line, value }) =>
      parseFields(redemptionSchema, value, `${file('redemptions.jsonl')}:${line}`),
    ),
    receipts: lines.map(({ line, value }) => parseFields(receiptSchema, value, `${file('receipts.jsonl')}:${line}`)),
    receiptsTree: await readTree('receipts-tree.json'),
    rewardsTree: await readTree('rewards-tree.json'),
  }
}

/**
 * Opens an epoch and verifies all of it: shares, totals, hashes, every proof, and that it follows the previous epoch.
 *
 * @param path `epochs/<n>`
 * @throws OL1805 for the first check that fails; the error names receipt or account and field
 */
export async function loadEpoch(path: string, previous?: PreviousEpoch): Promise<Epoch> {
  const files = await readEpochFiles(path)
  const failed = verifyEpochOffChain(files, previous).find(({ ok }) => !ok)
  const { manifest, receipts, redemptions } = files
  if (failed !== undefined)
    throw new OpenLedgerError('OL1805', { epoch: manifest.epoch, path, check: failed.name, detail: failed.detail })
  return {
    manifest,
    manifestHash: hashJson(manifest),
    receipts,
    redemptions,
    cumulative: cumulativeOf(files),
    receiptsTree: loadTree(files.receiptsTree),
    rewardsTree: loadTree(files.rewardsTree),
  }
}
