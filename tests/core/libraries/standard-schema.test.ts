import type { StandardSchemaV1 } from '@standard-schema/spec'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { validate } from '../../../core/src/libraries/standard-schema.ts'
import { unhandled } from '../../support/unhandled.ts'

const thenable = (settle: ConstructorParameters<PromiseConstructor>[0]): StandardSchemaV1 => ({
  '~standard': { version: 1, vendor: 'test', validate: () => new Promise(settle) as never },
})

test('a schema that answers at once is believed, whatever it says', () => {
  const schema = z.object({ done: z.number().transform((done) => done > 0) })
  expect(validate(schema, { done: 1 })).toEqual({ value: { done: true } })
  expect(validate(schema, { done: 'x' }).issues).toMatchObject([{ path: ['done'] }])
})

test.each<[what: string, schema: StandardSchemaV1]>([
  [
    'throws',
    z.string().overwrite(() => {
      throw new Error('secret')
    }),
  ],
  [
    'throws outright',
    {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => {
          throw new Error('secret')
        },
      },
    },
  ],
  ['rejects', thenable((_, reject) => reject(new Error('secret')))],
  ['answers later', thenable((resolve) => resolve({ value: 'secret' }))],
  ['never answers', thenable(() => {})],
])('a schema that %s has refused the value, and says nothing of it', async (_, schema) => {
  const rejections = await unhandled(() => {
    const { issues } = validate(schema, 'secret')
    expect(issues).toHaveLength(1)
    expect(JSON.stringify(issues)).not.toContain('secret')
  })
  expect(rejections).toEqual([])
})
