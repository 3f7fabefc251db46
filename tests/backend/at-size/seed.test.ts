import { expect, test } from 'vitest'
import { runCommand } from '../../support/backend-process.ts'
import { eventually } from '../../support/eventually.ts'
import { startTestPostgres } from '../../support/postgres.ts'

test('the seed fills a server, goes on where it was killed, and writes nothing twice', async () => {
  const server = await startTestPostgres()
  const seed = () => runCommand('seed-command.js', { environment: { POSTGRES_URL: server.url } })
  const count = `select count(*)::int from places`
  const first = seed()
  await eventually(() => expect(first.lines.length).toBeGreaterThan(1))
  await first.kill()
  const [killedAt] = (await server.rows(count)) as { count: number }[]
  expect(killedAt?.count).toBeGreaterThan(0)
  expect(killedAt?.count).toBeLessThan(135_233)

  const second = seed()
  expect(await second.ended()).toEqual({ code: 0, errors: '' })
  expect(second.lines.at(-1)).toMatch(/^Ready: all places are in 127\.0\.0\.1:\d+\/postgres\.$/)
  expect(await server.rows(count)).toEqual([{ count: 135_233 }])

  const third = seed()
  expect(await third.ended()).toEqual({ code: 0, errors: '' })
  expect(third.lines).toEqual([second.lines.at(-1)])
  expect(await server.rows(count)).toEqual([{ count: 135_233 }])
})
