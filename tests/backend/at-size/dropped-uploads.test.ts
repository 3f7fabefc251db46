import { test } from 'vitest'
import { expectAllOnce } from '../dropped-uploads.ts'

test(
  '10,000 writes that were made offline all arrive once and in order, though each seventh connection is dropped',
  { timeout: 1_200_000 },
  async () => {
    await expectAllOnce(10_000)
  },
)
