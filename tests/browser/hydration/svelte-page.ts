import type { Seeds } from '@rowsignal/core'
import { type Component, hydrate as hydrateSvelte } from 'svelte'
import List from './List.svelte'
import type { Page, Todos } from './todos.ts'

const component = List as Component<Pick<Page, 'todos' | 'seeds'>>

export async function render(todos: Todos, seeds: readonly Seeds[]): Promise<string> {
  const { render: renderSvelte } = await import('svelte/server')
  return renderSvelte(component, { props: { todos, seeds } }).body
}

export function hydrate({ todos, seeds, target }: Page): void {
  hydrateSvelte(component, { target, props: { todos, seeds }, recover: false })
}
