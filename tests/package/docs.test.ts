import { expect, test } from 'vitest'
import { codeBlocks, writeFiles } from './code-blocks.ts'
import { packages, root, runTool } from './run.ts'

const folder = `${root}/tests/.output/docs`
const readme = codeBlocks('README.md')
const guide = codeBlocks('docs/guide.md')
const connector = codeBlocks('docs/connector.md')
const pages = ['vue', 'solid', 'svelte', 'moving'].map((page) => ({
  page,
  blocks: codeBlocks(`docs/${page}.md`),
}))
const ofPackages = packages.flatMap((folder) => codeBlocks(`${folder}/README.md`))

/** What pages that begin with an empty app refer to. */
const shared = [...readme, ...connector]
  .filter(({ file }) => ['db.ts', 'TodoItem.vue', 'src/connector.ts'].includes(file))
  .map((block) => ({ ...block, file: block.file.replace('src/', '') }))
/** Whole apps, or parts of one app, each with files in `src`. */
const apps = {
  'quick-start-vue': codeBlocks('docs/quick-start-vue.md'),
  'quick-start-solid': codeBlocks('docs/quick-start-solid.md'),
  'quick-start-svelte': codeBlocks('docs/quick-start-svelte.md'),
  connected: ['connector', 'sign-in', 'testing'].flatMap((page) => codeBlocks(`docs/${page}.md`)),
}
const start = codeBlocks('docs/index.md')
const ofReadme = codeBlocks('docs/first-download.md')

/** What a page leaves to another. */
const stubs = [{ file: 'App.vue', code: '<template><p /></template>\n' }]

writeFiles(folder, {
  ...Object.fromEntries(
    [...readme, ...ofPackages].map(({ file, code }) => [`readme/${file}`, code]),
  ),
  ...Object.fromEntries(guide.map(({ file, code }) => [`guide/${file}`, code])),
  ...Object.fromEntries(
    pages.flatMap(({ page, blocks }) =>
      [...stubs, ...shared, ...blocks].map(({ file, code }) => [`${page}/${file}`, code]),
    ),
  ),
  ...Object.fromEntries(
    Object.entries(apps).flatMap(([app, blocks]) =>
      blocks.map(({ file, code }) => [`${app}/${file}`, code]),
    ),
  ),
  ...Object.fromEntries(start.map(({ file, code }) => [`start/${file}`, code])),
  ...Object.fromEntries(ofReadme.map(({ file, code }) => [`readme/${file}`, code])),
  'guide/App.vue': '<template><p /></template>\n',
  'guide/Status.svelte': '<script lang="ts"></script>\n',
  'tsconfig.json': JSON.stringify({
    extends: '../../../tsconfig.base.json',
    compilerOptions: { jsx: 'preserve', jsxImportSource: 'solid-js' },
    vueCompilerOptions: { strictTemplates: true },
    include: ['readme', 'guide', 'start', ...Object.keys(apps), ...pages.map(({ page }) => page)],
  }),
  'tsconfig.svelte.json': JSON.stringify({
    extends: './tsconfig.json',
    include: ['*/*.svelte', '*/src/*.svelte'],
  }),
})

test('the pages have blocks of all kinds', () => {
  for (const blocks of [readme, guide, ofPackages]) {
    expect(new Set(blocks.map(({ language }) => language))).toEqual(
      new Set(['ts', 'tsx', 'vue', 'svelte']),
    )
  }
  for (const { page, blocks } of pages) {
    expect(
      blocks.filter(({ language }) => [page, 'tsx', 'vue'].includes(language)).length,
    ).toBeGreaterThan(3)
  }
  expect(shared.map(({ file }) => file).toSorted()).toEqual([
    'TodoItem.vue',
    'connector.ts',
    'db.ts',
  ])
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
