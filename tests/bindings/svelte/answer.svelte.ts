import { useRows } from '@rowsignal/svelte'
import { flushSync } from 'svelte'
import type { StoredTodos } from '../contract.ts'

/** Calls `answer` with the number of rows, from an effect that runs while a change is shown. */
export function answerInSvelte(todos: StoredTodos, answer: (count: number) => void): () => void {
  const all = useRows(todos)
  const stop = $effect.root(() => {
    $effect.pre(() => answer(all.size))
  })
  flushSync()
  return stop
}
