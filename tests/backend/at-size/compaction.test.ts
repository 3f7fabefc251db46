import { expect, test } from 'vitest'
import { startTestBackend } from '../../support/backend.ts'
import { eventually } from '../../support/eventually.ts'
import { churn, download } from '../compacted.ts'

test('a new client of three rows does not download what has happened to them', async () => {
  const backend = await startTestBackend()
  await churn(backend, 20_000)
  await eventually(async () =>
    expect((await download(backend)).operations.map(({ op, object_id: id }) => [op, id])).toEqual([
      ['CLEAR', undefined],
      ['PUT', 'b'],
      ['PUT', 'c'],
      ['PUT', 'a'],
    ]),
  )
  const { operations, trips } = await download(backend)
  const sum = operations.reduce((total, { checksum }) => (total + checksum) % 2 ** 32, 0)
  expect(trips).toMatchObject({ count: 4, checksum: sum })
  expect(JSON.parse(operations.at(-1)?.data ?? '')).toMatchObject({ name: 'Lapland 20000' })
})
