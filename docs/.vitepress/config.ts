import { defineConfig } from 'vitepress'
import llms from 'vitepress-plugin-llms'
import { frameworkGroups } from './framework-groups.ts'
import { repository, repositoryLinks } from './repository-links.ts'
import { sidebar } from './sidebar.ts'
import { hovers } from './hovers.ts'

/** What is of use to who changes rowsignal, and not to who uses it. */
const inside = ['rooms/**', 'how-it-works.md', 'bindings-cost.md', 'benchmarks.md', 'api/**']

export default defineConfig({
  title: 'rowsignal',
  description:
    'TanStack DB collections kept in step with the SQLite of PowerSync, for Vue, Solid and Svelte.',
  lang: 'en',
  cleanUrls: true,
  markdown: {
    config(markdown) {
      markdown.use(repositoryLinks).use(frameworkGroups)
    },
    // Its types are of a newer Shiki than VitePress'.
    codeTransformers: [hovers as never],
  },
  vite: {
    // Its types are of another Vite than VitePress'.
    plugins: [llms({ ignoreFiles: inside, excludeIndexPage: false }) as never],
  },
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Quick start', link: '/quick-start-vue', activeMatch: '/quick-start' },
      { text: 'Guide', link: '/guide' },
      { text: 'API', link: '/api/', activeMatch: '/api/' },
      { text: 'Errors', link: '/errors' },
    ],
    sidebar,
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: repository }],
    editLink: { pattern: `${repository}/edit/main/docs/:path`, text: 'Edit this page' },
    footer: { message: 'MIT' },
  },
})
