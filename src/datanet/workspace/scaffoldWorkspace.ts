import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { LocalAccount } from 'viem/accounts'
import type { Address } from '../../config/address.js'
import { workspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'
import { makeFolderAtomic } from '../../files/writeFolderAtomic.js'
import { addContribution, type ContributionReport } from '../intake/addContribution.js'
import { reviewRecords } from '../review/reviewRecords.js'
import type { DatanetInfo } from '../store/DatanetStore.js'
import { createDatanet } from '../store/openDatanet.js'
import { type DatanetStatus, datanetStatus } from '../versions/datanetStatus.js'
import { loadTemplate, type Template, templatesFolder } from './loadTemplate.js'

export interface ScaffoldOptions {
  /** Name of a folder of templates/. */
  readonly template: string
  /** Folder of the new workspace, which does not exist or is empty. */
  readonly directory: string
  /** Name of the Datanet, by default the template's. */
  readonly name?: string | undefined
  /** Returns the devnet account of an index. Its key is public: such signatures show how signing works and prove nothing. */
  readonly accountOf: (index: number) => LocalAccount
  /** Folder of templates, by default the package's own. */
  readonly templates?: string | undefined
  /** Further files, by their path in the workspace, which appear together with it. */
  readonly files?: Readonly<Record<string, string>>
  /** Stops the work and leaves nothing behind. */
  readonly signal?: AbortSignal | undefined
}

export interface ScaffoldedContributor {
  readonly name: string
  readonly speciality: string
  readonly address: Address
  /** Index of the devnet account. */
  readonly account: number
}

export interface ScaffoldedWorkspace {
  readonly directory: string
  readonly datanet: DatanetInfo
  readonly contributors: readonly ScaffoldedContributor[]
  readonly reports: readonly ContributionReport[]
  readonly status: DatanetStatus
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

/** Returns true when the path does not exist, false when it is an empty folder, and throws otherwise. */
async function isFree(directory: string): Promise<boolean> {
  if (!existsSync(directory)) return true
  const entries = await readdir(directory).catch((cause: unknown) => {
    throw new OpenLedgerError('OL1900', { path: directory, reason: reasonOf(cause) }, { cause })
  })
  if (entries.length > 0) throw new OpenLedgerError('OL1902', { path: directory })
  return false
}

async function fillStore(root: string, template: Template, options: ScaffoldOptions) {
  const { title, description, licence, domain } = template.info
  const store = createDatanet(root, { name: options.name ?? template.info.name, title, description, licence, domain })
  try {
    const contributors: ScaffoldedContributor[] = []
    const reports: ContributionReport[] = []
    for (const { contributor, file, lines } of template.records) {
      const account = options.accountOf(contributor.account)
      const { address } = account
      store.introduce({ address, name: contributor.name, speciality: contributor.speciality })
      contributors.push({ ...contributor, address })
      reports.push(await addContribution(store, { file, lines }, { account }))
      // Signing never waits, so that only a turn of the event loop lets the process receive Ctrl-C.
      await new Promise(setImmediate)
      options.signal?.throwIfAborted()
    }
    reviewRecords(store, { decision: 'approve', records: 'all', reviewer: `template ${template.info.name}` })
    return { datanet: store.info, contributors, reports, status: datanetStatus(store) }
  } finally {
    store.close()
  }
}

async function fill(root: string, template: Template, options: ScaffoldOptions) {
  const paths = workspacePaths(root)
  await mkdir(paths.datanet, { recursive: true })
  const filled = await fillStore(root, template, options)
  await copyFile(join(template.directory, 'held-out.jsonl'), paths.heldOut)
  await copyFile(join(template.directory, 'questions.jsonl'), paths.questions)
  await writeFileAtomic(
    join(paths.datanet, 'contributors.json'),
    json({
      note: 'These accounts come from the public test phrase "test test … junk". Anyone has their keys: use them on a devnet only.',
      contributors: filled.contributors,
    }),
  )
  await writeFileAtomic(
    join(root, '.gitignore'),
    '# State of this machine: devnet, logs, the record store.\n.openledger/\n',
  )
  for (const [path, content] of Object.entries(options.files ?? {})) await writeFileAtomic(join(root, path), content)
  const { name, licence } = filled.datanet
  await writeFileAtomic(paths.config, json({ workspaceVersion: 1, name, template: template.info.name, licence }))
  return filled
}

/**
 * Moves the entries of the finished folder into an empty one, which stays the same folder, as the user's shell may be in it.
 * The configuration, which makes it a workspace, is last.
 */
async function moveEntries(temporary: string, directory: string): Promise<void> {
  const last = 'openledger.config.json'
  const entries = (await readdir(temporary)).filter((entry) => entry !== last)
  for (const entry of [...entries, last]) await rename(join(temporary, entry), join(directory, entry))
  await rm(temporary, { recursive: true })
}

/**
 * Makes a workspace from a template: the configuration, a Datanet with the template's records, each signed by its contributor's
 * devnet account and approved, held-out items and questions. If it fails, it leaves nothing behind.
 *
 * @throws OL1902 when the folder is not empty; OL1150, OL1151 for the template; OL1124 for the name; OL1901 when files cannot
 * be written
 * @example
 * await scaffoldWorkspace({ template: 'seamanship', directory: 'my-datanet', accountOf })
 */
export async function scaffoldWorkspace(options: ScaffoldOptions): Promise<ScaffoldedWorkspace> {
  const directory = resolve(options.directory)
  const free = await isFree(directory)
  const template = await loadTemplate(options.template, options.templates ?? templatesFolder)
  const filled = await makeFolderAtomic(
    directory,
    (temporary) => fill(temporary, template, options),
    free ? rename : moveEntries,
  )
  return { directory, ...filled }
}
