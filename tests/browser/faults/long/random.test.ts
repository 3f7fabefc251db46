import { test } from 'vitest'
import { drive } from '../drive.ts'
import { storages } from '../rig.ts'

/** How long to drive each storage with seeds of that moment, instead of the same few ones. */
const seconds = Number(process.env['ROWSIGNAL_DRIVE_SECONDS'] ?? 0)

function* seeds(): Generator<number> {
  if (seconds === 0) yield* [11, 12, 13, 14]
  const end = performance.now() + seconds * 1000
  for (let seed = Date.now() % 1_000_000; performance.now() < end; seed++) yield seed
}

test.each(storages)(
  'three tabs that die, freeze, leave and reload while they write, also on a full disk, lose nothing, for long: %s',
  async (storage) => {
    for (const seed of seeds()) await drive(storage, { seed, steps: 15 })
  },
  1_200_000 + seconds * 2000,
)
