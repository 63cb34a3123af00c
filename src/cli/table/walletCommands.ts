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
        'The keystore is a Web3 Secret Storage file, which geth, cast and ethers open too, in openledger/keystores of the configuration folder ($XDG_CONFIG_HOME, else ~/.config). The password is asked for, or read from the file that OPENLEDGER_PASSWORD_FILE names.',
      arguments: { name: text({ required: true, help: 'Name of the key' }) },
      options: {},
      examples: [
        ['wallet new ops', 'A key called ops'],
        ['rewards post --network openledger --account ops', 'Sign with it'],
      ],
    },
    () => import('../../commands/wallet/new.js'),
  ),
  declareCommand(
    {
      noun: 'wallet',
      verb: 'import',
      summary: 'Encrypt a key that you have',
      details:
        'The private key is read from standard input, or asked for without being shown: never from the command line, which other programs can read. A keystore of another program keeps its password.',
      arguments: { name: text({ required: true, help: 'Name of the key' }) },
      options: {
        keystore: path({ help: 'Web3 Secret Storage file of geth, cast or ethers, in place of a private key' }),
      },
      examples: [
        ['wallet import ops', 'Type or paste a private key'],
        ['wallet import ops --keystore ~/.foundry/keystores/ops', 'A key that cast made'],
      ],
    },
    () => import('../../commands/wallet/import.js'),
  ),
  declareCommand(
    {
      noun: 'wallet',
      verb: 'list',
      summary: 'List the keys, without opening one',
      arguments: {},
      options: {},
      examples: [['wallet list', 'Names, addresses and files']],
    },
    () => import('../../commands/wallet/list.js'),
  ),
  declareCommand(
    {
      noun: 'wallet',
      verb: 'address',
      summary: 'Print the address of a key, or of whoever signs on a network',
      arguments: { name: text({ help: 'Name of a key; the account of --network unless given' }) },
      options: {},
      examples: [
        ['wallet address ops', 'One address, for a script'],
        ['wallet address --network openledger', 'Who would sign there'],
      ],
    },
    () => import('../../commands/wallet/address.js'),
  ),
]
