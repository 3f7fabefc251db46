import { readdirSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { type CodeBlock, codeBlocks, writeFiles } from './code-blocks.ts'
import { serverFrameworks, serverPaths } from './server-frameworks.ts'
import { packages, root, runTool } from './run.ts'

const folder = `${root}/tests/.output/docs`
const readme = codeBlocks('README.md')
const ofPackages = packages.flatMap((folder) => codeBlocks(`${folder}/README.md`))

const guide = (page: string): CodeBlock[] => codeBlocks(`docs/${page}.md`)

const skills = packages.map((folder) => {
  const name = posix.basename(folder)
  return [name, codeBlocks(`${folder}/skills/rowsignal-${name}/SKILL.md`)] as const
})

/** What pages that go on from a quick start refer to. */
const shared = [...readme, ...guide('connector')]
  .filter(({ file }) => ['db.ts', 'TodoItem.vue', 'src/connector.ts'].includes(file))
  .map((block) => ({ ...block, file: block.file.replace('src/', '') }))

const vueStub = { file: 'App.vue', code: '<template><p /></template>\n' }

type File = Pick<CodeBlock, 'file' | 'code'>

/** Folders to compile: whole apps, with files in `src`, or parts of one app. */
const folders: Readonly<Record<string, readonly File[]>> = {
  readme: [...readme, ...ofPackages, ...guide('first-download')],
  start: guide('index'),
  guide: [
    ...guide('guide'),
    ...guide('writes'),
    vueStub,
    { file: 'Status.svelte', code: '<script lang="ts"></script>\n' },
  ],
  types: guide('types'),
  'on-demand': guide('on-demand'),
  connected: ['connector', 'sign-in', 'testing'].flatMap(guide),
  server: serverFrameworks(guide('server-rendering')),
  ...Object.fromEntries(
    ['vue', 'solid', 'svelte', 'moving'].map((page) => [
      page,
      [vueStub, ...shared, ...guide(page)],
    ]),
  ),
  ...Object.fromEntries(
    ['quick-start-vue', 'quick-start-solid', 'quick-start-svelte'].map((page) => [
      page,
      guide(page),
    ]),
  ),
  ...Object.fromEntries(
    skills.map(([name, blocks]) => [
      `skill-${name}`,
      name === 'core' ? blocks : [...shared, ...blocks],
    ]),
  ),
}

/** Pages whose blocks are no whole files. */
const leftOut: Readonly<Record<string, string>> = {
  outbox:
    'parts of a connector, and calls without what is around them; connector.md has the whole files',
  storage: 'a few lines that go into db.ts',
}

/** Of files of one name in a folder the last. */
const files: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(folders).flatMap(([name, files]) =>
    files.map(({ file, code }) => [`${name}/${file}`, code]),
  ),
)

writeFiles(folder, {
  ...files,
  'tsconfig.json': JSON.stringify({
    extends: '../../../tsconfig.base.json',
    compilerOptions: { jsx: 'preserve', jsxImportSource: 'solid-js', paths: serverPaths('server') },
    vueCompilerOptions: { strictTemplates: true },
    include: Object.keys(folders),
  }),
  'tsconfig.svelte.json': JSON.stringify({
    extends: './tsconfig.json',
    include: ['*/*.svelte', '*/src/*.svelte', 'server/src/routes/*', 'server/*.d.ts'],
  }),
})

test('the pages have blocks of all kinds', () => {
  for (const blocks of [readme, guide('guide'), ofPackages]) {
    expect(new Set(blocks.map(({ language }) => language))).toEqual(
      new Set(['ts', 'tsx', 'vue', 'svelte']),
    )
  }
  for (const page of ['vue', 'solid', 'svelte', 'moving']) {
    expect(
      guide(page).filter(({ language }) => [page, 'tsx', 'vue'].includes(language)).length,
    ).toBeGreaterThan(3)
  }
  expect(shared.map(({ file }) => file).toSorted()).toEqual([
    'TodoItem.vue',
    'connector.ts',
    'db.ts',
  ])
  for (const [name, blocks] of skills) expect(blocks.length, name).toBeGreaterThan(0)
})

test('every page with code is compiled, or it is said why not', () => {
  const compiled = new Set(Object.values(files))
  const missing = readdirSync(`${root}/docs`)
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.replace('.md', ''))
    .filter((page) => guide(page).some(({ code }) => !compiled.has(code)))
  expect(missing).toEqual(Object.keys(leftOut))
})

test('the ts, tsx and vue blocks of the docs compile', () => {
  expect(runTool('vue-tsc', ['-p', 'tsconfig.json'], folder)).toBe('')
})

test('the svelte blocks of the docs compile', () => {
  const report = runTool(
    'svelte-check',
    ['--tsconfig', 'tsconfig.svelte.json', '--fail-on-warnings', '--output', 'machine'],
    folder,
  )
  expect(report).toMatch(/COMPLETED [1-9]/)
})
