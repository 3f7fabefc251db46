import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['src/index.ts', 'src/main.ts', 'src/backend-thread.ts', 'src/seed-command.ts'],
  format: 'esm',
  dts: false,
  platform: 'node',
  target: 'node20',
  // `.js`, as in the other packages, not the `.mjs` that is the default for Node.
  fixedExtension: false,
})
