import { type Component } from 'svelte'
import { render as renderComponent } from 'svelte/server'
import type { Todos } from '../contract.ts'
import App from './App.svelte'

export function render(todos: Todos): string {
  const { body } = renderComponent(App as Component<{ todos: Todos }>, { props: { todos } })
  return body
    .replaceAll(/<!--.*?-->/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
