/**
 * The text of the generated modules of a contract. Interface and code are apart: an action needs the one and loads none of
 * the other.
 */

/** @param {string} name of a contract: DatanetRegistry is datanetRegistry, GOPEN is gopen */
export const constantOf = (name) => (/^[A-Z]+$/.test(name) ? name.toLowerCase() : name[0].toLowerCase() + name.slice(1))

/** @param {string} header comment @param {string} name contract @param {readonly object[]} abi one line an entry */
export const abiModule = (header, name, abi) => `${header}
export const ${constantOf(name)}Abi = [
${abi.map((entry) => `  ${JSON.stringify(entry)}`).join(',\n')}
] as const
`

/** @param {string} header comment @param {string} constant @param {string} code hexadecimal */
export const codeModule = (header, constant, code) => `${header}
export const ${constant}: \`0x\${string}\` =
  '${code}'
`
