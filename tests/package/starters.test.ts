/** The starters of `playgrounds/starters`: copied, installed with the packed packages, built, and used in a browser. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import core from '../../core/package.json' with { type: 'json' }
import { look } from '../browser/look.ts'
import { startTestBackend, type TestBackend } from '../support/backend.ts'
import { openBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { codeBlocks } from './code-blocks.ts'
import { packPackages } from './packed.ts'
import { root } from './run.ts'
import {
  pinVersions,
  quietly,
  readManifest,
  runLine,
  serveApp,
  testedVersions,
} from './vite-app.ts'

const frameworks = ['vue', 'solid', 'svelte']
const starter = (framework: string): string => `${root}/playgrounds/starters/${framework}`

const folder = mkdtempSync(`${tmpdir()}/rowsignal-`)
let tarballs: Record<string, string>

beforeAll(() => {
  tarballs = packPackages(folder)
})
afterAll(() => rmSync(folder, { recursive: true }))

test.each(frameworks)('the %s starter asks for the versions that are tested here', (framework) => {
  const { dependencies, devDependencies } = readManifest(starter(framework))
  for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) {
    const tested = name.startsWith('@rowsignal/') ? core.version : testedVersions[name]
    expect(range, name).toMatch(/^[~^]/)
    expect(range.slice(1), name).toBe(tested)
  }
})

test('what is not of a framework is the same in all starters, and the connector is the printed one', () => {
  const read = (framework: string, file: string): string =>
    readFileSync(`${starter(framework)}/src/${file}`, 'utf8')
  for (const file of ['connector.ts', 'db.ts', 'text.ts', 'style.css']) {
    const [first, ...others] = frameworks.map((framework) => read(framework, file))
    for (const other of others) expect(other, file).toBe(first)
  }
  const printed = codeBlocks('docs/connector.md').find(({ file }) => file === 'src/connector.ts')
  expect(`// src/connector.ts\n${read('vue', 'connector.ts')}`).toBe(printed?.code)
})

test.each(frameworks)('the %s starter is built, and syncs with the backend', async (framework) => {
  const app = `${folder}/${framework}`
  const isOurs = (path: string): boolean => !path.includes('/node_modules')
  cpSync(starter(framework), app, { recursive: true, filter: isOurs })
  pinVersions(app, { ...testedVersions, ...tarballs })
  runLine(`npm install ${quietly}`, app)
  runLine('npm run build', app)

  const backend = await startTestBackend()
  const stored = async (): Promise<unknown[]> => {
    const sql = 'select name, starts_on::text as day from trips order by name'
    return (await backend.postgres.query(sql)).rows
  }
  const browser = await openBrowser()
  const page = await browser.newPage()
  const said = watchPage(page)
  await page.goto(await serveApp(app, 'preview', { BACKEND: backend.url }))
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const add = async (name: string): Promise<void> => {
    await page.getByLabel('Where to').fill(name)
    await button('Add').click()
  }
  const status = page.getByRole('status')
  await page.getByText('No trips yet.').waitFor()
  await status.getByText('Online').waitFor()
  await look(page, `starter-${framework}-empty`)

  await add('Lapland')
  await eventually(async () => expect(await stored()).toEqual([{ name: 'Lapland', day: null }]))
  await button('Edit Lapland').click()
  const form = page.getByRole('form', { name: 'Trip', exact: true })
  await form.getByLabel('Name').fill('Lapland by bus')
  await form.getByLabel('Starts on').fill('2027-02-01')
  // Somebody else was faster.
  await backend.postgres.query(`update trips set name = 'Lapland by sled'`)
  await form.getByText('Name became “Lapland by sled” meanwhile.').waitFor()
  await look(page, `starter-${framework}-editing`)
  await form.getByRole('button', { name: 'Keep mine' }).click()
  await form.getByRole('button', { name: 'Save' }).click()
  const lapland = { name: 'Lapland by bus', day: '2027-02-01' }
  await eventually(async () => expect(await stored()).toEqual([lapland]))
  await status.getByText('Nothing to upload').waitFor()
  expect(said).toEqual([])

  await refuseNext(backend)
  await add('Atlantis')
  await page.getByText('Adding “Atlantis” was refused.').waitFor()
  await look(page, `starter-${framework}-refused`)
  await button('Send again').click()
  const atlantis = { name: 'Atlantis', day: null }
  await eventually(async () => expect(await stored()).toEqual([atlantis, lapland]))

  await refuseNext(backend)
  await add('Hades')
  await page.getByText('Adding “Hades” was refused.').waitFor()
  await button('Discard').click()
  await button('Edit Hades').waitFor({ state: 'detached' })
  await page.getByRole('alert').waitFor({ state: 'detached' })

  // It is all on this device, with the server out of reach.
  await backend.close()
  await page.reload()
  await button('Edit Atlantis').waitFor()
  await status.getByText('Online').waitFor({ state: 'detached' })
  await button('Delete Atlantis').click()
  await status.getByText('1 change waits').waitFor()
  expect(await page.getByRole('listitem').count()).toBe(1)
})

/** What the page warns of, from its first moment on. */
function watchPage(page: Page): string[] {
  const said: string[] = []
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) said.push(message.text())
  })
  page.on('pageerror', (error) => said.push(String(error)))
  return said
}

async function refuseNext(backend: TestBackend): Promise<void> {
  const answer = await fetch(`${backend.url}/api/faults`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await backend.token()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ refuseNext: true }),
  })
  expect(answer.ok).toBe(true)
}
