import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'
import { aliasFor } from '../../../support/alias.ts'

const page = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export default defineConfig({
  plugins: [vue(), solid({ include: /\.tsx$/ }), svelte({ configFile: false })],
  resolve: { alias: aliasFor('0.15') },
  worker: { format: 'es' },
  build: {
    rolldownOptions: { input: [page('index.html'), page('tabs.html')] },
    target: 'es2022',
    outDir: '../../../.output/bench-bindings-page',
    emptyOutDir: true,
    chunkSizeWarningLimit: 2_000,
  },
  // An isolated page has a clock of 5 µs; others have one of 100 µs.
  preview: {
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
  logLevel: 'warn',
})
