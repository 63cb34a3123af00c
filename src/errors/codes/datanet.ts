import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const datanetRange: ErrorRange = {
  title: 'Contributions, Datanet versions and Merkle trees',
  codes: [[1100, 1199]],
}

export const datanetErrors = {
  OL1100: {
    message: '{file}, line {line}: `{field}` {problem}',
    hint: 'Write prompt and completion, or messages of role and content, or text on each line; the only other fields are id, contributor, licence and signature.',
  },
  OL1101: {
    message: '{file}, line {line}: the record is {size} bytes long, more than {limit}',
    hint: 'Split the record into shorter ones.',
  },
  OL1102: {
    message: '{file}, line {line}: the id {found} is not the hash of the content, which is {expected}',
    hint: 'Leave `id` out, because openledger computes it. If somebody changed the content, get the file again.',
    exitCode: 6,
  },
  OL1103: {
    message: '{file} holds no records',
    hint: 'Write one JSON object on every line, with the fields prompt and completion, messages, or text.',
  },
  OL1104: {
    message: '{file}, line {line}: the record {problem} (check {check})',
    hint: '{fix}',
    hintMeans: 'The hint is the fix of the check that failed:',
  },
  OL1110: {
    message:
      '{file}, line {line}: the signature of record {recordId} is not by its contributor {contributor} for this Datanet; read as such, it is by {signer}',
    hint: 'Sign the record again for the Datanet with the identity {datanet}, with the contributor’s own key: `openledger datanet sign`. A signature for other content, another licence or another Datanet is not valid here, nor is that of a contract account.',
    exitCode: 6,
  },
  OL1111: {
    message: '{file}, line {line}: the signature of record {recordId} is not a signature: {reason}',
    hint: 'Give the 65 bytes of an EIP-712 signature as 0x and 130 hexadecimal digits: r, s, and 1b or 1c.',
    exitCode: 6,
  },
  OL1112: {
    message: '{file}, line {line}: `{field}` is missing and no signing account was given',
    hint: 'Write `contributor` and `signature` on every line, or name the account that signs with --contributor.',
    exitCode: 4,
  },
  OL1113: {
    message: '{file}, line {line}: the record is by {found}, but the signing account is {account}',
    hint: 'Put the records of one contributor in one file, or sign each line beforehand.',
    exitCode: 4,
  },
  OL1114: {
    message:
      '{account} may not contribute to the Datanet {datanetId}, which accepts records of listed accounts only ({network})',
    hint: 'Ask the owner or a curator to list the account: `openledger datanet contributors add {account}`. Nothing was added.',
    exitCode: 4,
  },
  OL1115: {
    message: 'The list of contributors cannot be read: the Datanet is published on {network}, and {reason}',
    hint: 'Start the network (`openledger devnet up -d`), or take responsibility for the contributors with --offline. Nothing was added.',
    exitCode: 5,
  },
  OL1116: {
    message:
      '{file}, line {line}: the s of the signature of record {recordId} is in the upper half of the curve’s order',
    hint: 'Use the other form of the signature: n - s for s, and the other of 1b and 1c. With both forms anybody could give the same signature twice.',
    exitCode: 6,
  },
  OL1120: {
    message: 'There is no Datanet in {directory}',
    hint: 'Run `openledger init` to make a workspace with one, or name its folder with --cwd.',
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
    hint: 'Check that the file is an SQLite database, that you may write to it, and that no other program has locked it.',
  },
  OL1124: {
    message: 'The Datanet field `{field}` {problem}',
    hint: 'Give a name of 1 to 64 characters a-z, 0-9 and "-", and a title, licence and domain that are not empty.',
    exitCode: 2,
  },
  OL1125: {
    message: '{path} was written by an older openledger (schema {found}; this one begins with {known})',
    hint: 'Make a new workspace (`openledger datanet init`) and add the records again, signed by their contributors: the old signatures do not name the Datanet.',
  },
  OL1126: {
    message: '{path} does not describe a Datanet: {reason}',
    hint: 'Get the file again from the owner of the Datanet, who writes it with `openledger datanet descriptor`.',
    exitCode: 2,
  },
  OL1127: {
    message: 'The Datanet to sign for is not known',
    hint: 'Name the file that its owner gave you with --datanet, or give --identity and --licence.',
    exitCode: 2,
  },
  OL1128: {
    message: '{directory}: contribution {contribution} has several contributors; one of its records is {recordId}',
    hint: 'Get the version again from its publisher: a contribution holds the records of one contributor.',
    exitCode: 6,
  },
  OL1129: {
    message: '{directory}: the lines of records.jsonl hash to {contentHash}, and in canonical JSON to {actual}',
    hint: 'Get the version again from its publisher: a copy could not have the same bytes.',
    exitCode: 6,
  },
  OL1130: {
    message: 'The Datanet "{datanet}" has no record {recordId}',
    hint: 'List the ids of pending records with `openledger datanet review --json`; those of a version are in its records.jsonl.',
    exitCode: 2,
  },
  OL1131: {
    message: 'Record {recordId} cannot be approved: {reason}',
    hint: 'Leave this record out, or approve the record that it repeats. If the other record is a copy of this one, reject that record first.',
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
    hint: 'Get the version again from its publisher.',
    exitCode: 6,
  },
  OL1143: {
    message: '{path}, line {line}: record {recordId} has the content of {actual}',
    hint: 'Get the version again from its publisher: the record was changed after the version was made.',
    exitCode: 6,
  },
  OL1144: {
    message: '{path} hashes to {actual}, but the version says {expected}',
    hint: 'Get the version again from its publisher: the file was changed after the version was made.',
    exitCode: 6,
  },
  OL1145: {
    message: 'The records of {path} have the Merkle root {actual}, but {source} says {expected}',
    hint: 'Get the version again from its publisher: records or contributors were changed after the version was made.',
    exitCode: 6,
  },
  OL1146: {
    message: '{path}, line {line}: record {recordId} is out of order or repeated',
    hint: 'Get the version again from its publisher: a version lists each record once, sorted by id.',
    exitCode: 6,
  },
  OL1147: {
    message: 'Version {version} of "{datanet}" has no record {recordId}',
    hint: 'See the ids in records.jsonl of the version.',
    exitCode: 2,
  },
  OL1148: {
    message: '{path} is of format {found}; this openledger reads format {known}',
    hint: 'If the format is older, make the version again with `openledger datanet publish`, from records that are signed for the Datanet’s identity. If it is newer, update openledger.',
  },
  OL1149: {
    message: '{path}, line {line}: record {recordId} has the same sequence {sequence} as {other}',
    hint: 'Get the version again from its publisher: every record has its own place in the order of the Datanet.',
    exitCode: 6,
  },
  OL1150: {
    message: 'There is no template "{template}"; the templates are: {known}',
    hint: 'Choose one of them with --template.',
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
    hint: 'Give an index from 0 to the number of leaves minus one.',
  },
  OL1175: {
    message: 'The Merkle tree dump is wrong: {reason}',
    hint: 'Get the file again from its publisher, or build the tree again from the values.',
    exitCode: 6,
  },
  OL1176: {
    message: 'The Merkle {part} {value} is not 32 bytes',
    hint: 'Give 0x and 64 hexadecimal digits.',
  },
} as const satisfies ErrorTable
