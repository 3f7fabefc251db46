/** The command `node dist/seed-command.js`: makes and fills the tables of the Postgres server at `POSTGRES_URL`. */
import { createProgress } from './progress.ts'
import { describeServer } from './postgres-server.ts'
import { readCities } from './seed.ts'
import { seedService } from './service.ts'
import { endCommand, SetupError } from './setup-error.ts'

async function seed(postgresUrl: string | undefined): Promise<void> {
  if (!postgresUrl)
    throw new SetupError(
      'Set POSTGRES_URL to the server to fill. The embedded Postgres fills itself at "npm start".',
    )
  await seedService({
    postgresUrl,
    places: readCities,
    startProgress: (total) => createProgress('Places', total),
  })
  console.log(`Ready: all places are in ${describeServer(postgresUrl)}.`)
}

await seed(process.env['POSTGRES_URL']).catch(endCommand)
