// @ts-check
/**
 * `npm start`: from a fresh clone to the playgrounds in a browser. Arguments go to the backend: `npm start -- --reset`,
 * and so do `POSTGRES_URL` and `POWERSYNC_URL`, which put a real PowerSync Service in place of the embedded one.
 */
import { build, install, run } from './setup.mjs'

install()
build()
process.exit(run('node', ['playgrounds/backend/dist/main.js', ...process.argv.slice(2)]) ? 0 : 1)
