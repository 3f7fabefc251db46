import { createTransaction } from '@tanstack/db'

/** Somebody's optimistic action, which writes nothing to SQLite and holds the collections that it changes until `end`. */
export function slowAction(mutate: () => void) {
  let resolve = (): void => undefined
  const held = new Promise<void>((end) => (resolve = end))
  const transaction = createTransaction({ autoCommit: false, mutationFn: () => held })
  transaction.mutate(mutate)
  const done = transaction.commit()
  return {
    end: async (): Promise<void> => {
      resolve()
      await done
    },
  }
}
