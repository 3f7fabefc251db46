/** The apps of playgrounds/ssr: built with the packages as they would be published, and taken over by a browser. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { buildSsrApp, ssrApps } from '../../scripts/ssr.mjs'
import { openBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'

/** Builds and starts an app, and resolves with its address. */
async function serve(app: string): Promise<string> {
  const within = mkdtempSync(`${tmpdir()}/rowsignal-`)
  onTestFinished(() => rmSync(within, { recursive: true, force: true }))
  const start = buildSsrApp(app, within)
  const server = start({ HOST: '127.0.0.1', PORT: '0' })
  onTestFinished(() => void server.kill())
  let said = ''
  const port = new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      said += chunk.toString()
      const found = /:(\d+)/.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    }
    server.stdout?.on('data', listen)
    server.stderr?.on('data', listen)
    server.on('exit', () => reject(new Error(`The server ended:\n${said}`)))
  })
  return `http://127.0.0.1:${await port}/`
}

/** Tells from its first moment on what the page warns of, and whether its list was ever empty. */
async function watchPage(page: Page): Promise<string[]> {
  const said: string[] = []
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) said.push(message.text())
  })
  page.on('pageerror', (error) => said.push(String(error)))
  page.on('requestfailed', (request) => said.push(`failed: ${request.url()}`))
  await page.addInitScript(() => {
    new MutationObserver(() => {
      const list = document.querySelector('ul')
      if (document.readyState !== 'loading' && list?.children.length === 0)
        reportError(new Error('the list is empty'))
    }).observe(document, { childList: true, subtree: true })
  })
  return said
}

test.each(ssrApps)('%s renders the seeded rows, and is live in the browser', async (app) => {
  const url = await serve(app)
  const html = await (await fetch(url)).text()
  const text = html.replaceAll(/<!--.*?-->/g, '')
  expect(text.match(/<li[^>]*>(?:Pack|Go)<\/li>/g)).toHaveLength(2)
  expect(text).toContain('loading, of the server')

  const browser = await openBrowser()
  const page = await browser.newPage()
  const said = await watchPage(page)
  const rows = () => page.getByRole('listitem').allTextContents()
  const isReady = () => page.getByText('ready', { exact: true }).waitFor()
  await page.goto(url)
  await isReady()
  expect(await rows()).toEqual(['Pack', 'Go'])
  await page.getByRole('button', { name: 'Add' }).click()
  await eventually(async () => expect((await rows()).toSorted()).toEqual(['Added', 'Go', 'Pack']))

  await page.reload()
  await isReady()
  expect((await rows()).toSorted()).toEqual(['Added', 'Go', 'Pack']) // it is in SQLite
  expect(said).toEqual([])
})
