import type { Seeds } from '@rowsignal/core'
import { type Component } from 'svelte'
import { render as renderComponent } from 'svelte/server'
import type { Todos } from '../contract.ts'
import App from './App.svelte'

export function render(todos: Todos, seeds: readonly Seeds[] = []): string {
  const component = App as Component<{ todos: Todos; seeds: readonly Seeds[] }>
  const { body } = renderComponent(component, { props: { todos, seeds } })
  return body
    .replaceAll(/<!--.*?-->/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
