import { type Command, declareCommand } from '../declareCommand.js'
import { path, text } from '../options.js'

/** `openledger wallet …`. */
export const walletCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'wallet',
      verb: 'new',
      summary: 'Make a key and encrypt it under a password',
      details:
        'The keystore is a Web3 Secret Storage file, which geth, cast and ethers can open too. It is stored in openledger/keystores of the configuration folder ($XDG_CONFIG_HOME, by default ~/.config). The command asks for the password, or reads it from the file that OPENLEDGER_PASSWORD_FILE names.',
      arguments: { name: text({ required: true, help: 'Name of the key' }) },
      options: {},
      examples: [
        ['wallet new ops', 'Make a key called ops'],
        ['rewards post --network openledger --account ops', 'Sign with it'],
      ],
    },
    () => import('../../commands/wallet/new.js'),
  ),
  declareCommand(
    {
      noun: 'wallet',
      verb: 'import',
      summary: 'Encrypt an existing key',
      details:
        'The command reads the private key from standard input, or asks for it without showing it. It never takes a key from the command line, which other programs can read. A keystore of another program keeps its password.',
      arguments: { name: text({ required: true, help: 'Name of the key' }) },
      options: {
        keystore: path({ help: 'Web3 Secret Storage file of geth, cast or ethers to import instead of a private key' }),
      },
      examples: [
        ['wallet import ops', 'Type or paste a private key'],
        ['wallet import ops --keystore ~/.foundry/keystores/ops', 'Import a key that cast made'],
      ],
    },
    () => import('../../commands/wallet/import.js'),
  ),
  declareCommand(
    {
      noun: 'wallet',
      verb: 'list',
      summary: 'List the keys without opening them',
      arguments: {},
      options: {},
      examples: [['wallet list', 'Show names, addresses and files']],
    },
    () => import('../../commands/wallet/list.js'),
  ),
  declareCommand(
    {
      noun: 'wallet',
      verb: 'address',
      summary: 'Print the address of a key, or of the account that signs on a network',
      arguments: { name: text({ help: 'Name of a key', defaultText: 'the account of --network' }) },
      options: {},
      examples: [
        ['wallet address ops', 'Print one address for a script'],
        ['wallet address --network openledger', 'Print the address that would sign there'],
      ],
    },
    () => import('../../commands/wallet/address.js'),
  ),
]
