/** What every entry exports: the error that the library throws. */

export type { ErrorCode } from '../errors/catalogue.js'
export type { ErrorDescriptor, TemplateNames } from '../errors/ErrorDescriptor.js'
export { type DescriptorOf, type ErrorArguments, OpenLedgerError } from '../errors/OpenLedgerError.js'
