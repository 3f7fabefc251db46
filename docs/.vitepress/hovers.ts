/**
 * Types on hover, for blocks that say `twoslash`: those in which the type is the point. Checking all of them takes
 * minutes; that they compile is tested elsewhere. A block that fails ends the build, or its page would be empty.
 */
import { fileURLToPath } from 'node:url'
import { createFileSystemTypesCache } from '@shikijs/vitepress-twoslash/cache-fs'
import { transformerTwoslash } from '@shikijs/vitepress-twoslash'
import ts from 'typescript'

const docs = fileURLToPath(new URL('..', import.meta.url))

/** What the blocks of the guides import. */
const database = `
import { column, PowerSyncDatabase, Schema, Table } from '@powersync/web'
import { createPowerSyncCollection } from '@rowsignal/core'
export const schema = new Schema({
  lists: new Table({ name: column.text, made: column.text }),
  todos: new Table({ title: column.text, done: column.integer, list_id: column.text }),
})
export const database = new PowerSyncDatabase({ schema, database: { dbFilename: 'app.db' } })
export const todos = createPowerSyncCollection({ database, table: schema.props.todos })
export const lists = createPowerSyncCollection({ database, table: schema.props.lists })
`

export const hovers = transformerTwoslash({
  explicitTrigger: true,
  typesCache: createFileSystemTypesCache({ dir: `${docs}.vitepress/cache/twoslash` }),
  twoslashOptions: {
    vfsRoot: docs,
    extraFiles: { 'db.ts': database },
    compilerOptions: {
      strict: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      skipLibCheck: true,
    },
  },
})
