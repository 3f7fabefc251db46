/** An empty Vite app for each framework, with the quickstart of the README in it. */
import { codeBlocks } from './code-blocks.ts'

interface App {
  readonly framework: string
  /** Besides what every app has. */
  readonly dependencies: readonly string[]
  /** By path. */
  readonly files: Readonly<Record<string, string>>
}

const quickstart = codeBlocks('README.md')

function block(language: string, file?: string): string {
  const found = quickstart.find((it) => it.language === language && (!file || it.file === file))
  if (found === undefined) throw new Error(`The README has no block ${file ?? language}.`)
  return found.code
}

const common = (main: string) => ({
  'index.html': `<div id="app"></div><script type="module" src="/src/${main}"></script>\n`,
  'src/db.ts': block('ts', 'db.ts'),
})

const config = (plugin: string, packageName: string) => `
import { defineConfig } from 'vite'
import ${plugin} from '${packageName}'
export default defineConfig({ plugins: [${plugin.replaceAll(/[{} ]/g, '')}()], worker: { format: 'es' } })
`

export const apps: readonly App[] = [
  {
    framework: 'vue',
    dependencies: ['vue', '@vitejs/plugin-vue'],
    files: {
      ...common('main.ts'),
      'vite.config.js': config('vue', '@vitejs/plugin-vue'),
      'src/App.vue': block('vue'),
      'src/TodoItem.vue': block('vue', 'TodoItem.vue'),
      'src/main.ts':
        "import { createApp } from 'vue'\nimport App from './App.vue'\ncreateApp(App).mount('#app')\n",
    },
  },
  {
    framework: 'solid',
    dependencies: ['solid-js', 'vite-plugin-solid'],
    files: {
      ...common('main.tsx'),
      'vite.config.js': config('solid', 'vite-plugin-solid'),
      'src/Todos.tsx': block('tsx'),
      'src/main.tsx':
        "import { render } from 'solid-js/web'\nimport { Todos } from './Todos'\nrender(() => <Todos />, document.querySelector('#app'))\n",
    },
  },
  {
    framework: 'svelte',
    dependencies: ['svelte', '@sveltejs/vite-plugin-svelte'],
    files: {
      ...common('main.ts'),
      'vite.config.js': config('{ svelte }', '@sveltejs/vite-plugin-svelte'),
      'src/Todos.svelte': block('svelte'),
      'src/main.ts':
        "import { mount } from 'svelte'\nimport Todos from './Todos.svelte'\nmount(Todos, { target: document.querySelector('#app') })\n",
    },
  },
]
