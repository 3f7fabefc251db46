// @ts-check
/** `npm run bench`: from a fresh clone to the table of ratios; `-- --only bindings` runs a part. */
import { chromium, findOrInstall } from './browser.mjs'
import { install, must, pnpm } from './setup.mjs'

install()
must('The build', pnpm(['--filter', './core', 'run', 'build']))
const browser = findOrInstall(chromium)
must(
  'The benchmark',
  pnpm(['--dir', 'tests', 'exec', 'tsx', 'bench/run.ts', ...process.argv.slice(2)], {
    NODE_ENV: 'production',
    ...browser,
  }),
)
