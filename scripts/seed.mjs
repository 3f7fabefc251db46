// @ts-check
/** `npm run seed`: makes and fills the tables of the Postgres server at `POSTGRES_URL`; see docs/real-service.md. */
import { build, install, run } from './setup.mjs'

install()
build()
process.exit(run('node', ['playgrounds/backend/dist/seed-command.js']) ? 0 : 1)
