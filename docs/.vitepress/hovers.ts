/**
 * Types on hover, for blocks that say `twoslash`: those in which the type is the point. Checking all of them takes
 * minutes; that they compile is tested elsewhere. A block that fails ends the build, or its page would be empty.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createFileSystemTypesCache } from '@shikijs/vitepress-twoslash/cache-fs'
import { transformerTwoslash } from '@shikijs/vitepress-twoslash'
import ts from 'typescript'

const docs = fileURLToPath(new URL('..', import.meta.url))

/** What the blocks of the guides import, as the guide prints it. */
const database = /(?<=^```ts\n)\/\/ db\.ts\n.*?(?=^```$)/ms.exec(
  readFileSync(`${docs}guide.md`, 'utf8'),
)
if (database === null) throw new Error('docs/guide.md prints no db.ts.')

export const hovers = transformerTwoslash({
  explicitTrigger: true,
  typesCache: createFileSystemTypesCache({ dir: `${docs}.vitepress/cache/twoslash` }),
  twoslashOptions: {
    vfsRoot: docs,
    // Without its example: a hover shows it as Markdown, which drops every tag of it. The block is an example itself.
    filterNode(node) {
      if ('tags' in node) node.tags = (node.tags ?? []).filter(([name]) => name !== 'example')
      return true
    },
    extraFiles: { 'db.ts': database[0] },
    compilerOptions: {
      strict: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      jsx: ts.JsxEmit.Preserve,
      jsxImportSource: 'solid-js',
      skipLibCheck: true,
    },
  },
})
