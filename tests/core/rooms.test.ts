/**
 * The rooms of core are folders: each has a page and tests of its name, and knows no room above it. What the docs say of
 * that, the linter's rule and the files are the same.
 */
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** The names of what is in a folder, without endings. */
async function list(path: string, kind: 'folders' | 'files'): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true })
  const isWanted = (entry: { isDirectory(): boolean }) =>
    entry.isDirectory() === (kind === 'folders')
  return entries
    .filter(isWanted)
    .map(({ name }) => name.replace(/\.\w+$/, ''))
    .toSorted()
}

/** The rows of the tables of a page whose first column has this heading. */
function tableOf(page: string, heading: string): string[][] {
  const tables = read(page).split(/\n\n/)
  return tables
    .filter((text) => text.startsWith(`| ${heading} |`))
    .flatMap((text) => text.split('\n').slice(2))
    .filter((line) => line !== '')
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')))
}

const inTicks = (cell = ''): string[] =>
  Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name!)

const rooms = await list('core/src', 'folders')

test('each room has a page and a folder of tests of its name, and nothing else has', async () => {
  expect(rooms.length).toBeGreaterThan(5)
  expect(await list('docs/rooms', 'files')).toEqual(rooms)
  expect(await list('tests/core', 'folders')).toEqual(rooms)
})

test.each(rooms)(
  'the page of %s has each of its files, with tests that are there',
  async (room) => {
    const files = tableOf(`docs/rooms/${room}.md`, 'file')
    const names = files.flatMap(([file]) => inTicks(file))
    expect(names.toSorted()).toEqual(await list(`core/src/${room}`, 'files'))
    for (const [file, what, tests] of files) {
      expect(what, file).not.toBe('')
      expect(inTicks(tests), file).not.toEqual([])
      const missing = inTicks(tests).filter(
        (name) =>
          !['.test.ts', '.test-d.ts'].some((end) => existsSync(join(root, 'tests', name + end))),
      )
      expect(missing, file).toEqual([])
    }
  },
)

const entries = (await list('core/src', 'files')).filter((name) => name !== 'errors')

test('the linter refuses every import that the page of the rooms does not allow, and no other', () => {
  const allowed = tableOf('docs/how-it-works.md', 'room').flatMap(([room, , known]) => {
    const name = /\[(.+?)\]/.exec(room!)![1]!
    const below = /all below/.test(known!)
      ? rooms.filter((other) => other !== name)
      : inTicks(known)
    return [`${name} errors`, ...below.map((other) => `${name} ${other}`)]
  })
  expect(new Set(allowed.map((arrow) => arrow.split(' ')[0]))).toEqual(new Set(rooms))

  const folder = mkdtempSync(join(tmpdir(), 'rooms-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
  const tried: string[] = []
  for (const from of rooms) {
    mkdirSync(join(folder, 'core/src', from), { recursive: true })
    const targets = rooms.filter((room) => room !== from).map((room) => [room, `../${room}/x.ts`])
    for (const [to, path] of [
      ...targets,
      ...[...entries, 'errors'].map((name) => [name, `../${name}.ts`]),
    ]) {
      tried.push(`${from} ${to}`)
      writeFileSync(join(folder, `core/src/${from}/${to}.ts`), `export type { X } from '${path}'\n`)
    }
  }
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/oxlint'), ['-f', 'json'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { code: string; filename: string }[]
  }
  const refused = diagnostics
    .filter(({ code }) => code.includes('no-restricted-imports'))
    .map(({ filename }) => /src\/(\w+)\/(\w+)\.ts$/.exec(filename)!.slice(1).join(' '))
  expect(tried.filter((arrow) => !refused.includes(arrow)).toSorted()).toEqual(allowed.toSorted())
})

test('the files of what happens when are there, and come from most rooms', () => {
  const journeys = /^## What happens when.*?(?=^## )/ms.exec(read('docs/how-it-works.md'))?.[0]
  const named = inTicks(journeys).filter((name) =>
    rooms.some((room) => name.startsWith(`${room}/`)),
  )
  expect(named.filter((file) => !existsSync(join(root, `core/src/${file}.ts`)))).toEqual([])
  const entered = new Set(named.map((file) => file.split('/')[0]))
  expect(entered.size).toBeGreaterThan(8)
})

const internals =
  /_state\b|_lifecycle\b|_getQuery\b|Symbol\.for\('@tanstack|ps_data|ps_crud|ps_kv|ps_updated_rows|SSR DB|__ps_/

test('every file that names an internal of a library is in the tables', async () => {
  const facts = tableOf('docs/rooms/libraries.md', 'fact')
  const told = new Set(facts.flatMap(([, files]) => inTicks(files)))
  const missing: string[] = []
  let found = 0
  for (const room of rooms) {
    for (const file of await list(`core/src/${room}`, 'files')) {
      if (!internals.test(read(`core/src/${room}/${file}.ts`))) continue
      found++
      if (!told.has(`${room}/${file}`)) missing.push(`${room}/${file}`)
    }
  }
  expect(missing).toEqual([])
  expect(found).toBeGreaterThan(2)
  expect([...told].filter((file) => !existsSync(join(root, `core/src/${file}.ts`)))).toEqual([])
})
