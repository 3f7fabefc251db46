import { test } from 'vitest'
import { drive } from '../drive.ts'
import { storages } from '../rig.ts'

test.each(storages)(
  'three tabs that die, freeze, leave and reload while they write lose nothing, for long: %s',
  async (storage) => {
    for (const seed of [11, 12, 13, 14]) await drive(storage, { seed, steps: 15 })
  },
  1_200_000,
)
