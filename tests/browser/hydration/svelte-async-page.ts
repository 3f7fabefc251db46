import type { Seeds } from '@rowsignal/core'
import { type Component, hydrate as hydrateSvelte } from 'svelte'
import AsyncList from './AsyncList.svelte'
import type { Page, Todos } from './todos.ts'

const component = AsyncList as Component<Pick<Page, 'todos' | 'seeds'>>

export async function render(todos: Todos, seeds: readonly Seeds[]): Promise<string> {
  const { render: renderSvelte } = await import('svelte/server')
  return (await renderSvelte(component, { props: { todos, seeds } })).body
}

export function hydrate({ todos, seeds, target }: Page): void {
  hydrateSvelte(component, { target, props: { todos, seeds }, recover: false })
}
