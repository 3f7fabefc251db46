import { type Component, hydrate as hydrateSvelte } from 'svelte'
import List from './List.svelte'
import type { Todos } from './todos.ts'

const component = List as Component<{ todos: Todos }>

export async function render(todos: Todos): Promise<string> {
  const { render: renderSvelte } = await import('svelte/server')
  return renderSvelte(component, { props: { todos } }).body
}

export function hydrate(todos: Todos, target: Element): void {
  hydrateSvelte(component, { target, props: { todos }, recover: false })
}
