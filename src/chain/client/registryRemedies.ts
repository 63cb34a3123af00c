import { notPermitted, refused } from './remedy.js'

const owner = notPermitted('Sign with the Datanet owner’s key.')

/** The remedy for each custom error of the DatanetRegistry and the ModelRegistry. */
export const registryRemedies = {
  DatanetRegistry__EmptyName: refused('Give the Datanet a name.'),
  DatanetRegistry__EmptyLicence: refused('Give the SPDX identifier of a licence, for example CC-BY-4.0.'),
  DatanetRegistry__AlreadyExists: refused(
    'You own a Datanet of this name: publish a version of it, or choose another name.',
  ),
  DatanetRegistry__UnknownDatanet: refused(
    'Create the Datanet first, with `openledger datanet publish`, or check the id.',
  ),
  DatanetRegistry__NotOwner: owner,
  DatanetRegistry__NotCurator: notPermitted(
    'Ask the owner of the Datanet to make {caller} a curator, or sign with the key of one.',
  ),
  DatanetRegistry__NotOffered: notPermitted('Ask the owner to offer the Datanet to {caller} first.'),
  DatanetRegistry__EmptyVersion: refused(
    'Publish a version with at least one record; root and content hash must not be zero.',
  ),
  DatanetRegistry__VersionWithoutLicence: refused('Give the SPDX identifier of the version’s licence.'),
  DatanetRegistry__UnknownVersion: refused('Publish version {version} first, or name one that exists.'),
  DatanetRegistry__EmptyPurpose: refused('Say what the records are wanted for: the owner decides by it.'),
  DatanetRegistry__PriceTooLow: refused(
    'Offer at least {price} wei, which the owner asks, or ask the owner for a grant.',
  ),
  DatanetRegistry__PeriodOutOfRange: refused('Ask for {min} to {max} seconds.'),
  DatanetRegistry__NotPending: refused('Request {requestId} is decided already, or was never made.'),
  DatanetRegistry__TooLate: refused(
    'The request could be approved until {decideBy} (Unix time); the requester must ask again.',
  ),
  DatanetRegistry__NotRequester: notPermitted(
    'Only the account that made request {requestId} can take it back while it can be approved; sign with that key.',
  ),
  DatanetRegistry__NoGrant: refused('{account} has no access that could be revoked.'),
  DatanetRegistry__NothingPaid: refused('Send an amount above zero.'),
  DatanetRegistry__NotEnoughShares: refused('{account} holds {held} shares of the Datanet, fewer than {wanted}.'),
  DatanetRegistry__NoSuchOffer: refused(
    '{from} does not offer {to} these shares on these terms (any more): ask for the offer again.',
  ),
  DatanetRegistry__WrongPrice: refused('Send exactly the price, {price} wei.'),
  ModelRegistry__ZeroHash: refused('Give the hashes of the base model, the adapter and the training manifest.'),
  ModelRegistry__SourceCount: refused('Name 1 to {max} Datanet versions that the model learnt from.'),
  ModelRegistry__SourcesNotAscending: refused('Name each Datanet once, in the order of their ids.'),
  ModelRegistry__UnknownDatanetVersion: refused('Publish the Datanet version that the model was trained on first.'),
  ModelRegistry__NoAccess: notPermitted(
    'Ask the owner of Datanet {datanetId} for access first: `openledger datanet access request`.',
  ),
  ModelRegistry__AlreadyRegistered: refused('You have registered this very adapter before: use the model {modelId}.'),
  ModelRegistry__UnknownModel: refused('Register the model first, with `openledger model publish`, or check the id.'),
  ModelRegistry__NotOwner: notPermitted('Sign with the model owner’s key.'),
  ModelRegistry__NotOffered: notPermitted('Ask the owner to offer the model to {caller} first.'),
} as const
