/** Pages that await what a hook gives: `{#await}`, and in components of `experimental.async`. */
import type { Seeds } from '@rowsignal/core'
import type { Todos } from '../contract.ts'
import OnServer from '../../next/svelte/OnServer.svelte'
import { rendered, textOf } from './svelte.ts'
import Waiting from './Waiting.svelte'

export async function render(
  todos: Todos,
  seeds: readonly Seeds[] = [],
): Promise<readonly string[]> {
  const page = await rendered(OnServer, todos, seeds)
  return [textOf(rendered(Waiting, todos, seeds).body), textOf(page.body)]
}
