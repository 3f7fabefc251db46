// @ts-check
/** `npm run docs`: from a fresh clone to the site of the docs, served while its pages are written. */
import { build, install, pnpm } from './setup.mjs'

install()
build()
const shown = pnpm(['--filter', '@rowsignal/docs', 'run', 'dev', ...process.argv.slice(2)])
process.exit(shown ? 0 : 1)
