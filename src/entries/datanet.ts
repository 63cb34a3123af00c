/** Records and versions of a Datanet: `import { openDatanet } from 'openledger/datanet'`. */

export type { Address } from '../config/checksumAddress.js'
export type { WorkspacePaths } from '../config/workspacePaths.js'
export {
  type AddContributionOptions,
  addContribution,
  type ContributionReport,
  readContribution,
} from '../datanet/intake/addContribution.js'
export type { Contribution } from '../datanet/intake/Contribution.js'
export type { Duplicate } from '../datanet/intake/duplicateFinder.js'
export {
  type RecordPlace,
  type RecordStatement,
  recordTypedData,
  signRecord,
  verifyRecordSignature,
} from '../datanet/intake/recordSignature.js'
export {
  type SignContributionOptions,
  type SignedFor,
  type SignedRecord,
  signContribution,
  signedLines,
} from '../datanet/intake/signContribution.js'
export { type Review, type ReviewReport, reviewRecords } from '../datanet/review/reviewRecords.js'
export type {
  Contributor,
  DatanetInfo,
  DatanetStore,
  Publication,
  RecordStatus,
  StoredRecord,
  VersionRow,
} from '../datanet/store/DatanetStore.js'
export { datanetIdentity, randomSalt } from '../datanet/store/datanetIdentity.js'
export { type Descriptor, describeDatanet, readDescriptor } from '../datanet/store/descriptor.js'
export { createDatanet, type NewDatanet, openDatanet } from '../datanet/store/openDatanet.js'
export { type CreatedVersion, createVersion } from '../datanet/versions/createVersion.js'
export type { DatanetVersion, VersionRecord } from '../datanet/versions/DatanetVersion.js'
export { type DatanetStatus, datanetStatus, type StatusCounts } from '../datanet/versions/datanetStatus.js'
export { importVersion } from '../datanet/versions/importVersion.js'
export { loadVersion, type RecordProof, readVersion, recordProof } from '../datanet/versions/loadVersion.js'
export { type VerifySignaturesOptions, verifySignatures } from '../datanet/versions/verifySignatures.js'
export type { VersionFile } from '../datanet/versions/versionFile.js'
export {
  type ScaffoldedContributor,
  type ScaffoldedWorkspace,
  type ScaffoldOptions,
  scaffoldWorkspace,
} from '../datanet/workspace/scaffoldWorkspace.js'
export type { Hex } from '../files/hex.js'
export type { JsonLine } from '../files/readJsonLines.js'
export type { LeafValue } from '../merkle/encodeLeaf.js'
export type { StandardTree, StandardTreeDump } from '../merkle/StandardTree.js'
export type { FieldMap } from '../records/FieldMap.js'
export type { ParsedRecord } from '../records/parseRecord.js'
export type { Alpaca, Message, RecordContent, Tool } from '../records/RecordContent.js'
export * from './errors.js'
