/** The order of the pages: how to begin, how to do what an app needs, what is promised, and how it is made. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { DefaultTheme } from 'vitepress'

type Item = DefaultTheme.SidebarItem

const item = (text: string, link: string): Item => ({ text, link })

const rooms = readdirSync(new URL('../rooms', import.meta.url))
  .toSorted()
  .map((file) => item(file.replace('.md', ''), `/rooms/${file.replace('.md', '')}`))

/** Made by TypeDoc before each build. */
const api = new URL('../api/typedoc-sidebar.json', import.meta.url)

/** A path breaks after a slash, where it is wider than the sidebar. */
const packages = existsSync(api)
  ? (JSON.parse(readFileSync(api, 'utf8')) as Item[]).map(({ text = '', ...rest }) => ({
      text: text.replaceAll('/', '/<wbr>'),
      ...rest,
    }))
  : []

export const sidebar: DefaultTheme.Sidebar = {
  '/api/': packages,
  '/': [
    {
      text: 'Start',
      items: [
        item('Why rowsignal', '/'),
        item('Quick start: Vue', '/quick-start-vue'),
        item('Quick start: Solid', '/quick-start-solid'),
        item('Quick start: Svelte', '/quick-start-svelte'),
        item('The guide', '/guide'),
      ],
    },
    {
      text: 'How to',
      items: [
        item('Lists, forms and more in Vue', '/vue'),
        item('… in Solid', '/solid'),
        item('… in Svelte', '/svelte'),
        item('Connect a backend', '/connector'),
        item('Know what the server has', '/outbox'),
        item('Sign in, sign out, several users', '/sign-in'),
        item('Show the first download', '/first-download'),
        item('Store richer types', '/types'),
        item('Change the schema', '/schema-changes'),
        item('Choose a storage', '/storage'),
        item('Show large tables', '/on-demand'),
        item('Render on a server', '/server-rendering'),
        item('Test an app', '/testing'),
        item('Deploy', '/deployment'),
        item('Move from another library', '/moving'),
      ],
    },
    {
      text: 'Help',
      items: [
        item('Troubleshooting', '/troubleshooting'),
        item('Questions and limits', '/questions'),
        item('Errors by code', '/errors'),
      ],
    },
    {
      text: 'What is promised',
      items: [item('Reading', '/reading'), item('Writing', '/writes'), item('Faults', '/faults')],
    },
    {
      text: 'Inside',
      collapsed: true,
      items: [
        item('How it works', '/how-it-works'),
        { text: 'Rooms', collapsed: true, items: rooms },
        item('A real PowerSync Service', '/real-service'),
        item('Benchmarks', '/benchmarks'),
        item('The cost of a list', '/bindings-cost'),
      ],
    },
  ],
}
