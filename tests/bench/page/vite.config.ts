import { defineConfig } from 'vite'

export default defineConfig({
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    outDir: '../../.output/bench-page',
    emptyOutDir: true,
    chunkSizeWarningLimit: 2_000,
  },
  logLevel: 'warn',
})
