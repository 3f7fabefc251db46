import type { Seeds } from '@rowsignal/core'
import { type Component } from 'svelte'
import { render as renderComponent } from 'svelte/server'
import type { Todos } from '../contract.ts'
import App from './App.svelte'

export function render(todos: Todos, seeds: readonly Seeds[] = []): string {
  return textOf(rendered(App, todos, seeds).body)
}

export function rendered(
  component: unknown,
  todos: Todos,
  seeds: readonly Seeds[],
): ReturnType<typeof renderComponent> {
  const page = component as Component<{ todos: Todos; seeds: readonly Seeds[] }>
  return renderComponent(page, { props: { todos, seeds } })
}

export function textOf(body: string): string {
  return body
    .replaceAll(/<!--.*?-->/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
