import { useReadable, useRows } from '@rowsignal/svelte'
import { rows } from '@rowsignal/core'
import type { Todos } from '../contract.ts'

/** Made outside every component, as in a module; `follow` is what a component that reads it does. */
export function createOutside(todos: Todos, log: (entry: string) => void) {
  const live = useRows(todos)
  const plain = useReadable(rows(todos))
  return {
    read: () => [live.rows[0]?.title, plain.current[0]?.title],
    follow: () =>
      $effect.root(() => {
        $effect(() => log(`${live.rows[0]?.title} ${plain.current[0]?.title} ${live.size}`))
      }),
  }
}
