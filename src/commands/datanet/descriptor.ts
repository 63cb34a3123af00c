import { basename, relative } from 'node:path'
import { describeDatanet } from '../../datanet/store/descriptor.js'
import { withDatanet } from '../../datanet/store/withDatanet.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { mayOverwrite } from '../shared/mayOverwrite.js'

/** `openledger datanet descriptor`: the small file with which contributors sign on machines of their own. */
export async function run(context: CommandContext, { out }: { readonly out: string | undefined }): Promise<void> {
  const { output, cwd } = context
  await withDatanet(context.workspace().root, async (store) => {
    const descriptor = describeDatanet(store.info)
    const json = `${JSON.stringify(descriptor, null, 2)}\n`
    if (out !== undefined) {
      await mayOverwrite(context, out, json)
      await writeFileAtomic(out, json)
    }
    output.result({ descriptor, file: out ?? null }, () =>
      out === undefined
        ? json.trimEnd()
        : [
            `The descriptor of ${descriptor.name} is in ${relative(cwd, out)}. Give it to contributors, who sign with:`,
            `  openledger datanet sign records.jsonl --datanet ${basename(out)} --account <name>`,
          ].join('\n'),
    )
  })
}
