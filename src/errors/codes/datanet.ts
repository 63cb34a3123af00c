import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const datanetRange: ErrorRange = {
  title: 'Contributions, Datanet versions and Merkle trees',
  codes: [[1100, 1199]],
}

export const datanetErrors = {
  OL1100: {
    message: '{file}, line {line}: `{field}` {problem}',
    hint: 'Write prompt and completion, or messages of role and content, or text on each line, and beside them only id, contributor, licence and signature.',
  },
  OL1101: {
    message: '{file}, line {line}: the record is {size} bytes long, more than {limit}',
    hint: 'Split the record into shorter ones.',
  },
  OL1102: {
    message: '{file}, line {line}: the id {found} is not the hash of the content, which is {expected}',
    hint: 'Leave `id` out; it is computed. If the content was changed on the way, get the file again.',
    exitCode: 6,
  },
  OL1103: {
    message: '{file} holds no records',
    hint: 'Write one JSON object on every line, with the fields prompt and completion, messages, or text.',
  },
  OL1110: {
    message:
      '{file}, line {line}: the signature of record {recordId} is not that of its contributor {contributor} for this Datanet; as such it would be by {signer}',
    hint: 'Sign the record again for the Datanet of the identity {datanet} with the contributor’s own key: `openledger datanet sign`. A signature for other content, another licence or another Datanet does not hold, nor does that of a contract account.',
    exitCode: 6,
  },
  OL1111: {
    message: '{file}, line {line}: the signature of record {recordId} is not a signature: {reason}',
    hint: 'Give the 65 bytes of an EIP-712 signature as 0x and 130 hexadecimal digits: r, s, and 1b or 1c.',
    exitCode: 6,
  },
  OL1112: {
    message: '{file}, line {line}: `{field}` is missing and no signing account was given',
    hint: 'Write `contributor` and `signature` on every line, or add the file with the account of its contributor.',
    exitCode: 4,
  },
  OL1113: {
    message: '{file}, line {line}: the record is by {found}, but the signing account is {account}',
    hint: 'Put records of one contributor in one file, or sign each line beforehand.',
    exitCode: 4,
  },
  OL1114: {
    message:
      '{account} may not contribute to the Datanet {datanetId}, which takes records of listed accounts only ({network})',
    hint: 'Nothing was added. Its owner or a curator can list the account: `openledger datanet contributors add {account}`.',
    exitCode: 4,
  },
  OL1115: {
    message: 'Who may contribute cannot be asked: the Datanet is published on {network}, and {reason}',
    hint: 'Nothing was added. Start the network (`openledger devnet up -d`), or answer for the contributors yourself with --offline.',
    exitCode: 5,
  },
  OL1116: {
    message:
      '{file}, line {line}: the s of the signature of record {recordId} is in the upper half of the curve’s order',
    hint: 'Anybody can write a signature down like this a second time. Use the other form: n - s for s, and the other of 1b and 1c.',
    exitCode: 6,
  },
  OL1120: {
    message: 'There is no Datanet in {directory}',
    hint: 'Run `openledger init` to make a workspace with one, or name its folder.',
  },
  OL1121: {
    message: 'There is a Datanet in {directory} already: "{name}"',
    hint: 'Use it, or choose another folder.',
  },
  OL1122: {
    message: '{path} was written by a newer openledger (schema {found}; this one knows {known})',
    hint: 'Update openledger: npm install -g openledger@latest',
  },
  OL1123: {
    message: 'The Datanet store {path} cannot be used: {reason}',
    hint: 'Check that the file is an SQLite database, that you may write to it, and that no other program keeps it locked.',
  },
  OL1124: {
    message: 'The Datanet field `{field}` {problem}',
    hint: 'Give a name of 1 to 64 characters a-z, 0-9 and "-", and a title, licence and domain that are not empty.',
    exitCode: 2,
  },
  OL1125: {
    message: '{path} was written by an older openledger (schema {found}; this one begins with {known})',
    hint: 'Its signatures name no one Datanet, so they cannot be taken over. Make a new workspace (`openledger datanet init`) and add the records again, signed by their contributors.',
  },
  OL1126: {
    message: '{path} does not describe a Datanet: {reason}',
    hint: 'Get the file from the owner of the Datanet, who writes it with `openledger datanet descriptor`.',
    exitCode: 2,
  },
  OL1127: {
    message: 'Which Datanet is signed for is not known',
    hint: 'Name the file that its owner gave you with --datanet, or give --identity and --licence.',
    exitCode: 2,
  },
  OL1128: {
    message: '{directory}: contribution {contribution} is of several contributors; one of its records is {recordId}',
    hint: 'A contribution is what one contributor brought at one time: get the version again from its publisher.',
    exitCode: 6,
  },
  OL1129: {
    message: '{directory}: the lines of records.jsonl hash to {contentHash}, and in canonical JSON to {actual}',
    hint: 'A copy could not have the same bytes: get the version again from its publisher.',
    exitCode: 6,
  },
  OL1130: {
    message: 'The Datanet "{datanet}" has no record {recordId}',
    hint: 'See the ids with `openledger datanet status --json`.',
    exitCode: 2,
  },
  OL1131: {
    message: 'Record {recordId} cannot be approved: {reason}',
    hint: 'Leave it out, or approve the record that it repeats. If that one was copied from this one, reject it first.',
  },
  OL1140: {
    message: 'The Datanet "{datanet}" has no approved records to make a version of',
    hint: 'Add records with `openledger datanet add` and approve them first.',
  },
  OL1141: {
    message: 'Version {version} of the Datanet in {directory} does not exist',
    hint: 'Make it with `openledger datanet publish`; `openledger datanet status` lists the versions.',
  },
  OL1142: {
    message: '{path} is not a version file: {reason}',
    hint: 'Get the version again from whoever published it.',
    exitCode: 6,
  },
  OL1143: {
    message: '{path}, line {line}: record {recordId} has the content of {actual}',
    hint: 'The record was changed after the version was made: get the version again from whoever published it.',
    exitCode: 6,
  },
  OL1144: {
    message: '{path} hashes to {actual}, but the version says {expected}',
    hint: 'The file was changed after the version was made: get the version again from whoever published it.',
    exitCode: 6,
  },
  OL1145: {
    message: 'The records of {path} have the Merkle root {actual}, but {source} says {expected}',
    hint: 'Records or contributors were changed after the version was made: get the version again from whoever published it.',
    exitCode: 6,
  },
  OL1146: {
    message: '{path}, line {line}: record {recordId} is out of order or repeated',
    hint: 'Versions list each record once, by id: get the version again from whoever published it.',
    exitCode: 6,
  },
  OL1147: {
    message: 'Version {version} of "{datanet}" has no record {recordId}',
    hint: 'See the ids in records.jsonl of the version.',
    exitCode: 2,
  },
  OL1148: {
    message: '{path} is of format {found}; this openledger reads format {known}',
    hint: 'If the format is older, make the version again with `openledger datanet publish`: its records must be signed for the Datanet’s identity. If it is newer, update openledger.',
  },
  OL1149: {
    message: '{path}, line {line}: record {recordId} has the sequence {sequence}, as {other} has',
    hint: 'Every record has a place of its own in the order of the Datanet: get the version again from its publisher.',
    exitCode: 6,
  },
  OL1150: {
    message: 'There is no template "{template}"; there are: {known}',
    hint: 'Choose one of these with --template.',
    exitCode: 2,
  },
  OL1151: {
    message: 'The template file {path} is wrong: `{field}` {problem}',
    hint: 'Fix the file; templates/README.md describes the format.',
  },
  OL1170: {
    message: 'Merkle leaves of type `{type}` are not supported',
    hint: 'Use bytes32, address, uint64 or uint256.',
  },
  OL1171: {
    message: 'Merkle leaf {index} has a wrong {type} value {value}',
    hint: 'Give bytes32 as 0x and 64 hexadecimal digits, address as 0x and 40, uint64 and uint256 as a bigint or decimal string below 2^64 and 2^256.',
  },
  OL1172: {
    message: 'Merkle leaf {index} has {found} values, but there are {expected} types',
    hint: 'Give one value for each type.',
  },
  OL1173: {
    message: 'A Merkle tree needs at least one leaf',
    hint: 'Add a value first.',
  },
  OL1174: {
    message: 'The Merkle tree has {count} leaves and no leaf {index}',
    hint: 'Give an index from 0 to the number of leaves less one.',
  },
  OL1175: {
    message: 'The Merkle tree dump is wrong: {reason}',
    hint: 'Get the file again from whoever published it, or build the tree anew from the values.',
    exitCode: 6,
  },
  OL1176: {
    message: 'The Merkle {part} {value} is not 32 bytes',
    hint: 'Give 0x and 64 hexadecimal digits.',
  },
} as const satisfies ErrorTable
