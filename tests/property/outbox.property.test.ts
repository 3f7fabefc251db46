/**
 * Random programs of writes, refusals, retries, discards, deaths and sign-outs: every operation that was ever in the queue ends
 * in exactly one place. The backend has it, or it is kept as refused, or the user gave it up, or it was cleared.
 */
import { type CrudEntry, UpdateType } from '@powersync/common'
import { createConnector, refuse, refused, signOut, type Upload } from '@rowsignal/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openUploads, type Uploads } from '../fault/upload-world.ts'
import { backOff } from '../support/outbox.ts'
import { copyFiles } from '../support/stored-files.ts'

const row = fc.constantFrom('a', 'b', 'c')
const title = fc.constantFrom('good', 'fine', 'bad')
const write = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), row, title }),
  fc.record({ kind: fc.constant('patch' as const), row, title }),
  fc.record({ kind: fc.constant('delete' as const), row }),
)
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      writes: fc.array(write, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('upload' as const), at: fc.nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('die' as const),
      at: fc.integer({ min: 1, max: 40 }),
      done: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('retry' as const), nth: fc.nat(5), mend: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('discard' as const), nth: fc.nat(5) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('sign out' as const),
      pending: fc.constantFrom('keep' as const, 'discard' as const),
    }),
  },
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
type Write = typeof write extends fc.Arbitrary<infer T> ? T : never

/** A transaction that was sent, and what was refused of it, as places: as a backend over HTTP keeps its answer. */
interface Answer {
  readonly sent: readonly number[]
  readonly refused: readonly number[]
}

/** Takes each transaction once, and refuses operations that are bad: alone, or with all of their transaction. */
class Backend {
  readonly applied: string[] = []
  readonly #answers = new Map<string, Answer>()
  readonly #isWhole: boolean
  /** What happens to the next requests: their answer is lost, or the backend is down. */
  faults: ('lost' | 'down')[] = []

  constructor(isWhole: boolean) {
    this.#isWhole = isWhole
  }

  readonly upload = async ({ transactions }: Upload): Promise<void> => {
    const fault = this.faults.shift()
    if (fault === 'down') throw new Error('503')
    const ops = transactions.flatMap(({ key, operations }) => {
      const sent = operations.map(({ clientId }) => clientId)
      const known = this.#answers.get(key)
      if (known !== undefined) {
        expect(sent, 'what is sent under a key that was sent before').toEqual(known.sent)
        return operations.filter((_operation, place) => known.refused.includes(place))
      }
      const isBad = ({ opData }: CrudEntry) => opData?.['title'] === 'bad'
      // What a transaction does to a row whose insert in it is bad, is of no row.
      const bad = operations.filter(
        (one, place) =>
          isBad(one) ||
          operations
            .slice(0, place)
            .some((other) => isBad(other) && other.op === UpdateType.PUT && other.id === one.id),
      )
      const isRefused = this.#isWhole && bad.length > 0 ? operations : bad
      const refused = isRefused.map((operation) => operations.indexOf(operation))
      this.#answers.set(key, { sent, refused })
      const client = key.slice(0, key.lastIndexOf('/'))
      for (const operation of operations)
        if (!isRefused.includes(operation)) this.applied.push(`${client}/${operation.clientId}`)
      return isRefused
    })
    if (fault === 'lost') throw new TypeError('fetch failed')
    if (ops.length > 0) throw refuse('bad', { ops })
  }
}

/** A device with its history: each operation that was in its queue, and what the user gave up. */
class Device {
  readonly seen = new Set<string>()
  readonly givenUp = new Set<string>()
  readonly cleared = new Set<string>()
  readonly backend: Backend
  world: Uploads
  readonly #maxTransactions: number

  constructor(world: Uploads, backend: Backend, maxTransactions: number) {
    this.world = world
    this.backend = backend
    this.#maxTransactions = maxTransactions
  }

  async run(step: Step): Promise<void> {
    switch (step.do) {
      case 'write':
        await this.#write(step.writes)
        return
      case 'upload':
        this.backend.faults = (['lost', 'down', 'lost'] as const).slice(0, step.at)
        await this.#upload()
        return
      case 'die':
        await this.#die(step.at, step.done)
        return
      case 'retry':
      case 'discard':
        await this.#decide(step)
        return
      case 'sign out': {
        const waiting = await this.#waiting()
        const kept = await this.kept()
        const { cleared } = await signOut(this.world.database, { pending: step.pending })
        if (cleared) for (const key of [...waiting, ...kept]) this.cleared.add(key)
      }
    }
  }

  #upload(): Promise<void> {
    const connector = createConnector({
      fetchCredentials: async () => null,
      upload: this.backend.upload,
      maxTransactions: this.#maxTransactions,
      backOff,
    })
    return connector.uploadData(this.world.database)
  }

  async #write(writes: readonly Write[]): Promise<void> {
    await this.world.database.writeTransaction(async (tx) => {
      for (const write of writes) {
        if (write.kind === 'put')
          await tx.execute('INSERT OR REPLACE INTO todos (id, title) VALUES (?, ?)', [
            write.row,
            write.title,
          ])
        if (write.kind === 'patch')
          await tx.execute('UPDATE todos SET title = ? WHERE id = ?', [write.title, write.row])
        if (write.kind === 'delete') await tx.execute('DELETE FROM todos WHERE id = ?', [write.row])
      }
    })
    await this.#look()
  }

  async #look(): Promise<void> {
    const waiting = await this.#waiting()
    for (const key of waiting) this.seen.add(key)
  }

  /** Dies at a call of an upload, if there are so many, and starts again with the file as it was. */
  async #die(at: number, done: boolean): Promise<void> {
    const { adapter, database } = this.world
    let { files } = this.world
    const fault = done ? 'done and unanswered' : 'unanswered'
    adapter.arm({ fault, at, onFault: () => (files = copyFiles(files)) })
    await Promise.race([this.#upload(), adapter.died])
    adapter.disarm()
    await database.close()
    this.world = await openUploads(files)
  }

  async #decide(step: Step & { do: 'retry' | 'discard' }): Promise<void> {
    const rows = await this.world.database.getAll<{
      id: string
      behind: string | null
      operation: string
    }>(
      'SELECT id, behind, operation FROM rowsignal_refused WHERE behind IS NULL ORDER BY operation_id',
    )
    const chosen = rows[step.nth % Math.max(rows.length, 1)]
    if (chosen === undefined) return
    const { id, operation } = chosen
    const writes = refused(this.world.database)
    const before = await this.kept()
    const waiting = await this.#waiting()
    const changed =
      step.do === 'retry' && step.mend && operation !== 'DELETE' ? { title: 'mended' } : {}
    try {
      await (step.do === 'retry' ? writes.retry(id, changed) : writes.discard(id))
    } catch (error) {
      expect((error as { code: string }).code).toBe('no-row') // its row is gone: nothing was done
      expect(await this.kept()).toEqual(before)
      return
    }
    // What it was about, with what waits behind it, also in the queue.
    const after = [...(await this.kept()), ...(await this.#waiting())]
    for (const key of [...before, ...waiting]) if (!after.includes(key)) this.givenUp.add(key)
    await this.#look()
  }

  #waiting(): Promise<string[]> {
    return this.#keys("SELECT powersync_client_id() || '/' || id AS key FROM ps_crud")
  }

  kept(): Promise<string[]> {
    return this.#keys('SELECT id AS key FROM rowsignal_refused ORDER BY operation_id')
  }

  async #keys(sql: string): Promise<string[]> {
    const rows = await this.world.database.getAll<{ key: string }>(sql)
    return rows.map(({ key }) => key)
  }

  /** Uploads what is left, and says of each operation where it is. */
  async end(): Promise<void> {
    this.backend.faults = []
    await this.#upload()
    const kept = await this.kept()
    expect(await this.#keys('SELECT id AS key FROM ps_crud')).toEqual([])
    // What the server has taken and whose answer was lost is there, whatever the user has given up since.
    const taken = new Set(this.backend.applied)
    const left = (keys: Iterable<string>): string[] => [...keys].filter((key) => !taken.has(key))
    const places = [this.backend.applied, kept, left(this.givenUp), left(this.cleared)]
    const found = places.flat().sort()
    expect(found).toEqual([...this.seen].sort())
    const numbers = this.backend.applied.map((key) => Number(key.split('/')[1]))
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  }
}

test('whatever is done, every operation ends in exactly one place, and those that are taken in their order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      fc.constantFrom(1, 3),
      async (steps, isWhole, maxTransactions) => {
        const device = new Device(await openUploads(), new Backend(isWhole), maxTransactions)
        try {
          for (const step of steps) await device.run(step)
          await device.end()
        } finally {
          await device.world.database.close()
        }
      },
    ),
    { numRuns: 300, interruptAfterTimeLimit: 60_000 },
  )
})
