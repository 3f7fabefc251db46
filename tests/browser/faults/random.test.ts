/** A few steps of what `long` does for minutes. */
import { test } from 'vitest'
import { drive } from './drive.ts'
import { storages } from './rig.ts'

test.each(storages)(
  'three tabs that die, freeze, leave and reload while they write lose nothing: %s',
  (storage) => drive(storage, { seed: 1, steps: 6 }),
)
