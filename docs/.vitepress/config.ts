import { defineConfig } from 'vitepress'
import llms from 'vitepress-plugin-llms'
import { docstrings } from './docstrings.ts'
import { frameworkGroups } from './framework-groups.ts'
import { absoluteLinks, anchorOf, repository, repositoryLinks } from './repository-links.ts'
import { sidebar } from './sidebar.ts'
import { hovers } from './hovers.ts'

/** What is of use to who changes rowsignal, and not to who uses it. */
const inside = ['rooms/**', 'how-it-works.md', 'bindings-cost.md', 'benchmarks.md', 'api/**']

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="#9aa5a1"><rect x="1" y="2" width="14" height="3" rx="1"/><rect x="1" y="6.5" width="14" height="3" rx="1" fill="#14a37f"/><rect x="1" y="11" width="14" height="3" rx="1"/></svg>`

export default defineConfig({
  title: 'rowsignal',
  description:
    'TanStack DB collections kept in step with the SQLite of PowerSync, for Vue, Solid and Svelte.',
  lang: 'en',
  cleanUrls: true,
  // Three rows, one of which has just changed.
  head: [
    [
      'link',
      {
        rel: 'icon',
        type: 'image/svg+xml',
        href: `data:image/svg+xml,${encodeURIComponent(icon)}`,
      },
    ],
  ],
  markdown: {
    anchor: { slugify: anchorOf },
    config(markdown) {
      markdown.use(repositoryLinks).use(frameworkGroups).use(docstrings)
    },
    // Its types are of a newer Shiki than VitePress'.
    codeTransformers: [hovers as never],
  },
  vite: {
    // Its types are of another Vite than VitePress'.
    plugins: [llms({ ignoreFiles: inside, excludeIndexPage: false }) as never],
  },
  buildEnd: ({ outDir }) => absoluteLinks(outDir),
  themeConfig: {
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          // A page that explains comes before the page of a type that has the word in its name.
          searchOptions: { boostDocument: (id: string) => (id.startsWith('/api/') ? 0.2 : 1) },
        },
      },
    },
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
