/** What the build of the playgrounds adds to the pages. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { transformerStyleToClass } from '@shikijs/transformers'
import { codeToHtml } from 'shiki'
import type { Plugin } from 'vite'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** What the sandbox shows beside each planner: files as they are, in the order in which one reads them. */
const shownFiles = {
  vue: {
    'The list': 'vue/TripView.vue',
    'A row': 'vue/StopItem.vue',
    'A form': 'vue/StopForm.vue',
  },
  solid: {
    'The list': 'solid/trip-view.tsx',
    'A row': 'solid/stop-item.tsx',
    'A form': 'solid/stop-form.tsx',
  },
  svelte: {
    'The list': 'svelte/TripView.svelte',
    'A row': 'svelte/StopItem.svelte',
    'A form': 'svelte/StopForm.svelte',
  },
}
const sharedFiles = {
  'The query': 'app/lists.ts',
  Writes: 'app/actions.ts',
  'The database': 'app/planner.ts',
}

const codeModule = 'virtual:shown-code'

/**
 * `virtual:shown-code`: the planners' own source, highlighted, by framework, and the styles of it. These are a sheet of
 * their own, since the backend's policy lets no page have styles in its elements.
 */
export function shownCode(): Plugin {
  return {
    name: 'shown-code',
    resolveId: (id) => (id === codeModule ? `\0${codeModule}` : undefined),
    async load(id) {
      if (id !== `\0${codeModule}`) return
      const styles = transformerStyleToClass({ classPrefix: 'code-' })
      const highlight = async ([title, file]: [string, string]) => {
        this.addWatchFile(path(file))
        const html = await codeToHtml((await readFile(path(file), 'utf8')).trimEnd(), {
          lang: file.slice(file.lastIndexOf('.') + 1),
          themes: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
          defaultColor: 'light-dark()',
          transformers: [styles],
        })
        return { title, file, html }
      }
      const entries = Object.entries(shownFiles).map(async ([framework, files]) => {
        const all = Object.entries({ ...files, ...sharedFiles })
        return [framework, await Promise.all(all.map(highlight))] as const
      })
      const byFramework = Object.fromEntries(await Promise.all(entries))
      return [
        `export const shownCode = ${JSON.stringify(byFramework)}`,
        `export const codeStyles = ${JSON.stringify(styles.getCSS())}`,
      ].join('\n')
    },
  }
}

/** Puts `app/skeleton.html` in place of `<!--skeleton-->`: what a planner's page shows until its script has run. */
export function skeleton(): Plugin {
  return {
    name: 'skeleton',
    transformIndexHtml: async (html) =>
      html.replace('<!--skeleton-->', await readFile(path('app/skeleton.html'), 'utf8')),
  }
}
