import { test } from 'vitest'
import { expectAllOnce } from './dropped-uploads.ts'

test('300 writes that were made offline all arrive once and in order, though each seventh connection is dropped', async () => {
  await expectAllOnce(300)
})
