import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/index.ts', 'src/host.ts', 'src/observable.ts', 'src/testing.ts', 'src/web.ts'],
  format: 'esm',
  dts: true,
  sourcemap: true,
  unbundle: true,
  platform: 'neutral',
  target: 'es2022',
})
