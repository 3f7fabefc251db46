/** The quick starts, followed to the letter: from `npm create vite` to the first row in a browser. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import manifest from '../package.json' with { type: 'json' }
import { eventually } from '../support/eventually.ts'
import { codeBlocks, shellLines } from './code-blocks.ts'
import { packPackages } from './packed.ts'
import { runTool } from './run.ts'

/** The newest 9 at the time of writing; the templates of a later one may lay out an app in another way. */
const createVite = 'vite@9.3.0'
const versions: Record<string, string> = manifest.devDependencies

const folder = mkdtempSync(`${tmpdir()}/rowsignal-`)
let tarballs: Record<string, string>

beforeAll(() => {
  tarballs = packPackages(folder)
})
afterAll(() => rmSync(folder, { recursive: true }))

const pages = ['vue', 'solid', 'svelte']

test.each(pages)(
  'docs/quick-start-%s.md leads from an empty folder to the first row',
  async (framework) => {
    const page = `docs/quick-start-${framework}.md`
    const [create = '', enter = '', install = '', remove = '', start] = shellLines(page)
    expect(create).toMatch(/^npm create vite@9 /)
    const within = `${folder}/${framework}`
    mkdirSync(within)
    runLine(create.replace('vite@9', createVite), within)
    expect(enter).toMatch(/^cd [\w-]+$/)
    const app = `${within}/${enter.slice('cd '.length)}`
    pinVersions(`${app}/package.json`)
    const packed = install.replaceAll(/@rowsignal\/\w+/g, (name) => tarballs[name] ?? name)
    runLine(`${packed} --no-audit --no-fund --ignore-scripts --prefer-offline`, app)
    expect(remove).toMatch(/^rm -r src\//)
    runLine(remove, app)
    for (const { file, code } of codeBlocks(page)) writeFileSync(`${app}/${file}`, code)
    // The compiler options of the template, and its bundler.
    runLine('npm run build', app)

    expect(start).toBe('npm run dev')
    const browser = await openBrowser()
    const tab = await browser.newPage()
    await tab.goto(await serve(app))
    const row = tab.getByRole('listitem').getByText('Pack')
    // Once more if Vite, which finds dependencies as it goes, has loaded the page again meanwhile.
    await eventually(async () => {
      if ((await row.count()) === 0) await tab.getByRole('button', { name: 'Add' }).click()
      expect(await row.count()).toBeGreaterThan(0)
    })
    await row.first().click() // the label of its checkbox: an update
    await tab.getByRole('checkbox', { checked: true }).first().waitFor()
    // Without a backend it is in SQLite all the same: a second tab shows it, and the first one after a reload.
    const second = await browser.newPage()
    await second.goto(tab.url())
    await second.getByRole('listitem').getByText('Pack').first().waitFor()
    await tab.reload()
    await row.first().waitFor()
  },
)

function runLine(line: string, cwd: string): void {
  const [tool = '', ...args] = line.split(' ')
  runTool(tool, args, cwd)
}

/** The template's tools and framework in the versions of this repository, so that a new one does not fail an old commit. */
function pinVersions(path: string): void {
  const app = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, string>>
  for (const kind of ['dependencies', 'devDependencies']) {
    for (const name of Object.keys(app[kind] ?? {})) {
      app[kind]![name] = versions[name] ?? app[kind]![name]!
    }
  }
  writeFileSync(path, JSON.stringify(app))
}

/** Starts the app's own Vite as `npm run dev` does, and resolves with its address. */
async function serve(app: string): Promise<string> {
  const vite = spawn(
    process.execPath,
    [`${app}/node_modules/vite/bin/vite.js`, '--host', '127.0.0.1', '--port', '0'],
    { cwd: app, env: { ...process.env, NO_COLOR: '1', NODE_ENV: 'development' } },
  )
  onTestFinished(() => void vite.kill())
  let said = ''
  return new Promise((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      said += chunk.toString()
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
      if (url !== undefined) resolve(url)
    }
    vite.stdout.on('data', listen)
    vite.stderr.on('data', listen)
    vite.on('exit', () => reject(new Error(`Vite ended:\n${said}`)))
  })
}
