/** What the docs tell to install: ranges that were tested, and all that their code imports. */
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'
import core from '../../core/package.json' with { type: 'json' }
import nuxt from '../../playgrounds/ssr/nuxt/package.json' with { type: 'json' }
import solidStart from '../../playgrounds/ssr/solidstart/package.json' with { type: 'json' }
import svelteKit from '../../playgrounds/ssr/sveltekit/package.json' with { type: 'json' }
import manifest from '../package.json' with { type: 'json' }
import { codeBlocks } from './code-blocks.ts'
import { packages, root } from './run.ts'

/** What is tested: here, and in the apps that are rendered on a server. */
const versions: Readonly<Record<string, string>> = Object.assign(
  {},
  ...[nuxt, solidStart, svelteKit].map(({ dependencies }) => dependencies),
  manifest.devDependencies,
)

const read = (page: string): string => readFileSync(`${root}/${page}`, 'utf8')

const guides = readdirSync(`${root}/docs`)
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/${file}`)
const skills = packages.map(
  (folder) => `${folder}/skills/rowsignal-${posix.basename(folder)}/SKILL.md`,
)
const pages = [
  'README.md',
  ...packages.map((folder) => `${folder}/README.md`),
  ...guides,
  ...skills,
]

/** What an app has that `npm create vite` has made, by its template. */
const templates: Readonly<Record<string, readonly string[]>> = {
  'vue-ts': ['vite', 'vue', '@vitejs/plugin-vue'],
  'solid-ts': ['vite', 'solid-js', 'vite-plugin-solid'],
  'svelte-ts': ['vite', 'svelte', '@sveltejs/vite-plugin-svelte'],
}

interface Install {
  readonly name: string
  readonly range: string | undefined
}

/** What the commands of a page install, as written. */
function installsOf(page: string): Install[] {
  const commands = read(page).matchAll(
    /\b(?:npm (?:i|install|add)|(?:pnpm|yarn|bun) add) (?<what>[^`#\n]+)/g,
  )
  const words = [...commands].flatMap(({ groups }) => groups!['what']!.trim().split(/\s+/))
  return words
    .filter((word) => !word.startsWith('-'))
    .map((word) => {
      const [, name = '', range] = /^(@?[^@]+)(?:@(.+))?$/.exec(word) ?? []
      return { name, range }
    })
}

/** The packages that who follows the commands of a page has. */
function isThereBy(page: string): string[] {
  const created = read(page).matchAll(/--template (?<template>[\w-]+)/g)
  const made = [...created].flatMap(({ groups }) => templates[groups!['template']!] ?? [])
  return [...made, ...installsOf(page).map(({ name }) => name)]
}

/** The quick starts that a page links to. */
function quickStartsOf(page: string): string[] {
  const links = read(page).matchAll(
    /\]\((?:https:[^)]*\/main\/)?(?<path>[^)#]*quick-start-\w+\.md)/g,
  )
  return [...links].map(({ 0: link, groups }) =>
    link.includes('https:')
      ? groups!['path']!
      : posix.normalize(`${posix.dirname(page)}/${groups!['path']}`),
  )
}

/** What a block imports by name, as packages. */
function importsOf(code: string): string[] {
  const imports = code.matchAll(/(?:\bfrom|\bimport) '(?<path>[^'./~#$][^']*)'/g)
  return [...imports].map(({ groups }) => {
    const [scope = '', name = ''] = groups!['path']!.split('/')
    return scope.startsWith('@') ? `${scope}/${name}` : scope
  })
}

test('every line of the docs that installs names a range, in which is the version that is tested', () => {
  const foreign = pages.flatMap(installsOf).filter(({ name }) => !name.startsWith('@rowsignal/'))
  expect(foreign.length).toBeGreaterThan(20)
  for (const { name, range } of foreign) {
    expect(range, `the range of ${name}`).toMatch(/^\d+(?:\.\d+)*$/)
    expect(`${versions[name]}.`, `${name}@${range}`).toMatch(
      new RegExp(`^${range?.replaceAll('.', '\\.')}\\.`),
    )
  }
  const { peerDependencies: peers } = core
  expect(peers['@tanstack/db']).toContain('~0.15.')
  expect(peers['@powersync/common']).toMatch(/^\^2\./)
})

test.each(pages.filter((page) => codeBlocks(page).some(({ code }) => importsOf(code).length > 0)))(
  'what the code of %s imports is installed there, or on a quick start that it links to',
  (page) => {
    const there = new Set([page, ...quickStartsOf(page)].flatMap(isThereBy))
    const imported = new Set(codeBlocks(page).flatMap(({ code }) => importsOf(code)))
    expect([...imported].filter((name) => !there.has(name))).toEqual([])
  },
)

test('the packages that a block imports are found, whatever the form of the import', () => {
  const code = `
import { column } from '@powersync/web'
import type { Row } from '@rowsignal/core/web'
import 'zod/v4'
import App from './App.vue'
import { todos } from '~/db'
import {
  from,
} from 'rxjs'
export { x } from 'svelte/store'`
  expect(importsOf(code)).toEqual(['@powersync/web', '@rowsignal/core', 'zod', 'rxjs', 'svelte'])
})
