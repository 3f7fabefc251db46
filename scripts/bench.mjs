// @ts-check
/** `npm run bench`: from a fresh clone to the table of ratios; `-- --only bindings` runs a part. */
import { findOrInstallBrowser } from './browser.mjs'
import { install, must, pnpm } from './setup.mjs'

install()
must('The build', pnpm(['--filter', './core', 'run', 'build']))
const browser = findOrInstallBrowser()
must(
  'The benchmark',
  pnpm(['--dir', 'tests', 'exec', 'tsx', 'bench/run.ts', ...process.argv.slice(2)], {
    NODE_ENV: 'production',
    ROWSIGNAL_CHROMIUM: browser,
  }),
)
