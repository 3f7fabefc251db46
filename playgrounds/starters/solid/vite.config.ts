import { defineConfig, loadEnv } from 'vite'
import solid from 'vite-plugin-solid'

export default defineConfig(({ mode }) => {
  // Where the backend is: in the environment, or in a file `.env`.
  const { BACKEND = 'http://127.0.0.1:3000' } = loadEnv(mode, '.', 'BACKEND')
  return {
    plugins: [solid()],
    // PowerSync runs SQLite in a worker, and finds its files by itself.
    worker: { format: 'es' },
    optimizeDeps: { exclude: ['@powersync/web'] },
    // So the page and the backend have one address, for `vite` and for `vite preview`.
    server: { proxy: { '/api': BACKEND, '/sync': BACKEND, '/write-checkpoint2.json': BACKEND } },
  }
})
