/** What each kind of step does to a world. */
import { transact } from '@rowsignal/core'
import { stopsSettlingAtThrow } from './limits.ts'
import { changeBySql, changePair, passBy, serverChange } from './outside.ts'
import type { Step, StepKind, StepOf } from './program.ts'
import { settle } from './settle.ts'
import { schema, schemaWithout, tableNames } from './tables.ts'
import { Planned, ThrownBySubscriber, type World } from './world.ts'
import { begin, mutateAll, persistOrFail, runTransaction, writeMany } from './writes.ts'

type Runners = {
  readonly [Kind in StepKind]: (world: World, step: StepOf<Kind>) => void | Promise<void>
}

/**
 * Runs one step; what it has begun may go on after it. A promise is there only if the step waits for something, so that
 * writes of neighbouring steps are made in one turn.
 */
export function runStep(world: World, step: Step): Promise<void> | undefined {
  const run = runners[step.kind] as (world: World, step: Step) => void | Promise<void>
  const done = run(world, step)
  if (done === undefined) {
    world.step()
    return undefined
  }
  return done.then(() => world.step())
}

const runners: Runners = {
  write: (world, { kind, mutation }) => {
    const write = world.ledger.begin(`${kind} ${JSON.stringify(mutation)}`)
    begin(world, write, { run: () => world.mutate(write, mutation) })
  },

  'write-many': (world, step) => {
    const write = world.ledger.begin(JSON.stringify(step))
    begin(world, write, { run: () => writeMany(world, write, step) })
  },

  transact: (world, step) => {
    const write = world.ledger.begin(JSON.stringify(step))
    const mutate = () => {
      mutateAll(world, write, step.mutations)
      if (step.throws) throw new Planned('in transact')
    }
    begin(world, write, { run: () => transact(mutate), spans: true })
  },

  transactor: (world, { mutations, fails }) => {
    const write = world.ledger.begin(`transactor ${fails} ${JSON.stringify(mutations)}`)
    runTransaction(world, write, {
      mutate: () => {
        mutateAll(world, write, mutations)
        if (fails === 'in mutate') throw new Planned(fails)
      },
      persist: (transaction) => persistOrFail(world, write, { transaction, fails }),
    })
  },

  action: (world, { mutations, ends, steps }) => {
    const write = world.ledger.begin(`action ${ends} ${JSON.stringify(mutations)}`)
    const due = new Promise<void>((resolve) => world.later(steps, resolve))
    runTransaction(world, write, {
      mutate: () => mutateAll(world, write, mutations),
      persist: async (transaction) => {
        await due
        if (ends === 'fails') throw new Planned('action')
        if (ends === 'writes') await persistOrFail(world, write, { transaction, fails: 'nowhere' })
      },
      isForeign: ends !== 'writes',
    })
  },

  pair: changePair,

  sql: (world, { changes, many }) => {
    const write = world.ledger.begin(`sql ${JSON.stringify(changes)}`)
    world.waitFor(
      world.database
        .writeTransaction(async (lock) => {
          if (many) await passBy(lock)
          await changeBySql(world, write, { lock, changes })
        })
        .then(() => void (write.outcome = 'accepted')),
    )
  },

  'sql-rollback': (world, { changes }) => {
    const write = world.ledger.begin(`sql-rollback ${JSON.stringify(changes)}`)
    world.waitFor(
      world.database.writeTransaction(async (lock) => {
        await changeBySql(world, write, { lock, changes })
        write.outcome = 'rejected'
        throw new Planned('rollback')
      }),
    )
  },

  restart: (world, { on, ticks }) => world.restart(on, () => pass(ticks)),

  'subscriber-throws': (world, { on }) => {
    world.arm(on, 'throws', () => {
      if (stopsSettlingAtThrow && world.spanning > 0) return
      throw new ThrownBySubscriber(`a subscriber of ${on}`)
    })
  },

  'subscriber-writes': (world, { kind, on, mutation }) => {
    world.arm(on, 'writes', () => {
      const write = world.ledger.begin(`${kind} ${on} ${JSON.stringify(mutation)}`)
      begin(world, write, { run: () => world.mutate(write, mutation), bySubscriber: true })
    })
  },

  connect: (world) => world.connect(),
  disconnect: (world) => world.disconnect(),

  download: (world, { changes }) => {
    world.needsServer = true
    const write = world.ledger.begin(`download ${JSON.stringify(changes)}`)
    write.outcome = 'accepted'
    world.endpoint.change(...changes.flatMap((change) => serverChange(world, write, change)))
  },

  'bad-checksum': ({ endpoint }) => endpoint.corruptNext(),
  'cut-line': ({ endpoint }) => endpoint.cutNext(),
  'refused-upload': ({ endpoint }) => endpoint.refuseUploads(1),
  reconnect: ({ endpoint }) => endpoint.disconnectClients(),

  'server-restart': async (world, { ticks }) => {
    if (!world.needsServer) return
    await world.endpoint.stop()
    await pass(ticks)
    await world.endpoint.start()
  },

  // The SDK takes a schema only while it is not connected.
  'schema-change': (world, { table, ticks }) =>
    world.whileDisconnected(async () => {
      await world.database.updateSchema(schemaWithout(table))
      await pass(ticks)
      await world.database.updateSchema(schema)
      world.ledger.loses([table])
    }),

  clear: async (world, { soft, clearLocal }) => {
    world.isConnected = false
    world.hasCleared = true
    world.hasSoftlyCleared ||= soft
    await world.database.disconnectAndClear({ soft, clearLocal })
    world.ledger.loses(tableNames)
  },

  open: async (world, { on, shape, closes, ticks }) => {
    const before = world.demands.at(-1)
    const demand = world.demand(on, shape)
    if (closes === 'the one before' && before !== undefined) await world.release(before)
    if (closes !== 'itself') return
    await pass(ticks)
    await world.release(demand)
  },

  close: (world, { which }) => {
    const demand = world.demands[which % Math.max(1, world.demands.length)]
    return demand && world.release(demand)
  },

  page: (world, { which, offset, limit }) => {
    const windows = world.demands.filter(({ isWindow }) => isWindow)
    windows[which % Math.max(1, windows.length)]?.page({ offset, limit })
  },

  'hook-fails': (world, { ticks }) => world.failNextHook(ticks),
  'lost-answer': (world, { skip, isDone }) => world.loseAnswer(skip, isDone),

  pause: (_world, { ticks }) => pass(ticks),
  settle: (world) => settle(world),
}

/** Lets others run: so many turns of the event loop. */
async function pass(ticks: number): Promise<void> {
  for (let tick = 0; tick < ticks; tick++) await new Promise(setImmediate)
}
