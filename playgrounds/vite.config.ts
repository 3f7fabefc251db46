import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'
import { shownCode, skeleton } from './vite-plugins.ts'

const page = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const backend = `http://127.0.0.1:${process.env.PORT ?? '3000'}`

export default defineConfig({
  plugins: [
    vue(),
    solid({ include: /\/solid\// }),
    svelte({ configFile: false }),
    shownCode(),
    skeleton(),
  ],
  // The SDK starts its workers and its WASM by `new URL(..., import.meta.url)`, which a pre-bundled copy would break.
  optimizeDeps: { exclude: ['@powersync/web'] },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    rolldownOptions: {
      input: {
        sandbox: page('index.html'),
        vue: page('vue/index.html'),
        solid: page('solid/index.html'),
        svelte: page('svelte/index.html'),
        compareVue: page('compare/vue/index.html'),
        compareSolid: page('compare/solid/index.html'),
        compareSvelte: page('compare/svelte/index.html'),
      },
    },
  },
  server: {
    proxy: { '/api': backend, '/sync': backend, '/write-checkpoint2.json': backend },
  },
})
