/**
 * How a reader travels through the code: the files of core and of a binding that two journeys enter, in the order of the
 * calls. Every function of ours notes its file when it is called; a stay is a run of calls into one file, a return a stay
 * in a file that was left before.
 *
 *   pnpm --dir tests exec tsx bench/journeys.ts [--trace]
 */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { createServer, type Plugin } from 'vite'
import type * as Scenarios from './journeys/scenarios.ts'

const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '')
const isTraced = process.argv.includes('--trace')

/** Files of small things that a reader knows by then, under their names of today and of before. */
const helpers =
  /(?:errors|index|host|readable|keep|per-object|while-used|getters|keeper|same-value|rich-values|sql|row-collection|standard-schema|validate)\.ts$/

declare global {
  var entered: string[] | undefined
}

/** Has every function of our sources note its file. */
const noteCalls: Plugin = {
  name: 'note-calls',
  enforce: 'pre',
  transform(code, id) {
    const file = relative(root, id.split('?')[0] ?? id)
    if (!/^(?:core|bindings\/vue)\/src\/.*\.ts$/.test(file) || helpers.test(file)) return undefined
    const source = ts.createSourceFile(id, code, ts.ScriptTarget.Latest, true)
    const note = `globalThis.entered?.push(${JSON.stringify(file.replace('/src/', '/'))});`
    const inserts: { at: number; text: string }[] = []
    const visit = (node: ts.Node): void => {
      const { body } = node as ts.FunctionLikeDeclaration
      if (ts.isFunctionLike(node) && body !== undefined) {
        if (ts.isBlock(body)) inserts.push({ at: body.getStart() + 1, text: note })
        else {
          inserts.push({ at: body.getStart(), text: `{${note}return (` })
          inserts.push({ at: body.end, text: ')}' })
        }
      }
      node.forEachChild(visit)
    }
    visit(source)
    let noted = code
    for (const { at, text } of inserts.toSorted((a, b) => b.at - a.at)) {
      noted = noted.slice(0, at) + text + noted.slice(at)
    }
    return noted
  },
}

const find = (name: string, path: string) => ({
  find: new RegExp(`^${name}$`),
  replacement: `${root}/${path}`,
})
const server = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, watch: null, hmr: false, ws: false },
  appType: 'custom',
  optimizeDeps: { noDiscovery: true },
  plugins: [noteCalls],
  resolve: {
    alias: [
      find('@rowsignal/core', 'core/src/index.ts'),
      find('@rowsignal/core/host', 'core/src/host.ts'),
      find('@rowsignal/vue', 'bindings/vue/src/index.ts'),
    ],
  },
})
const scenarios = (await server.ssrLoadModule(
  fileURLToPath(new URL('journeys/scenarios.ts', import.meta.url)),
)) as typeof Scenarios

for (const [name, run] of Object.entries(scenarios.journeys)) {
  const calls = await run()
  const stays = calls.filter((file, index) => file !== calls[index - 1])
  const files = new Set(stays)
  console.log(
    `${name}: ${files.size} files, ${stays.length} stays, ${stays.length - files.size} returns`,
  )
  for (const file of files) {
    console.log(`  ${file}: ${stays.filter((stay) => stay === file).length}`)
  }
  if (isTraced) console.log(stays.join('\n'))
}
await server.close()
process.exit(0)
