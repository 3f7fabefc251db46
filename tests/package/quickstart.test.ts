/** The quick starts, followed to the letter: from `npm create vite` to the first row in a browser. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { codeBlocks, shellLines } from './code-blocks.ts'
import { packPackages } from './packed.ts'
import { pinVersions, quietly, runLine, serveApp } from './vite-app.ts'

/** The newest 9 at the time of writing; the templates of a later one may lay out an app in another way. */
const createVite = 'vite@9.3.0'

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
    pinVersions(app)
    const packed = install.replaceAll(/@rowsignal\/\w+/g, (name) => tarballs[name] ?? name)
    runLine(`${packed} ${quietly}`, app)
    expect(remove).toMatch(/^rm -r src\//)
    runLine(remove, app)
    for (const { file, code } of codeBlocks(page)) writeFileSync(`${app}/${file}`, code)
    // The compiler options of the template, and its bundler.
    runLine('npm run build', app)

    expect(start).toBe('npm run dev')
    const browser = await openBrowser()
    const tab = await browser.newPage()
    await tab.goto(await serveApp(app, 'dev'))
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
