/** A page that suspends, by each renderer of Solid. */
import type { Seeds } from '@rowsignal/core'
import {
  SeedProvider,
  suspend,
  throwErrors,
  useLiveInfiniteQuery,
  useLiveQuery,
  usePages,
  useRow,
  useRows,
} from '@rowsignal/solid'
import type { InitialQueryBuilder } from '@tanstack/db'
import { createComponent, ErrorBoundary, type JSX, Suspense } from 'solid-js'
import { renderToStream, renderToString, renderToStringAsync } from 'solid-js/web'
import type { Todos } from '../contract.ts'

function Page({ todos }: { readonly todos: Todos }): JSX.Element {
  const byTitle = (q: InitialQueryBuilder) =>
    q.from({ todo: todos }).orderBy(({ todo }) => todo.title)
  const all = suspend(throwErrors(useRows(todos)))
  const first = suspend(useRow(todos, 'a'))
  const query = suspend(useLiveQuery((q) => q.from({ todo: todos })))
  const paged = suspend(usePages(byTitle))
  const infinite = suspend(useLiveInfiniteQuery(byTitle, {}))
  const lists = [all(), all.latest, query(), paged(), infinite()]
  const titles = lists.map((rows) => rows.map(({ title }) => title).join() || '-')
  return `${all.status}${all.isSeed ? ' seed' : ''} ${first()?.title ?? '-'} ${titles.join(' ')}`
}

const boundary = (todos: Todos, seeds: readonly Seeds[]): JSX.Element =>
  createComponent(SeedProvider, {
    seeds,
    get children() {
      return createComponent(ErrorBoundary, {
        fallback: String,
        get children() {
          return createComponent(Suspense, {
            fallback: 'pending',
            get children() {
              return createComponent(Page, { todos })
            },
          })
        },
      })
    },
  })

/** What each of Solid's renderers makes of the page, all of it. */
export async function render(
  todos: Todos,
  seeds: readonly Seeds[] = [],
): Promise<readonly string[]> {
  const page = () => boundary(todos, seeds)
  const streamed = new Promise<string>((resolve) => {
    let html = ''
    const writable = {
      write: (chunk: string) => void (html += chunk),
      end: () => resolve(html),
    }
    renderToStream(page).pipe(writable)
  })
  const pages = [renderToString(page), await renderToStringAsync(page), await streamed]
  return pages.map((html) => html.replaceAll(/<!--.*?-->/g, ''))
}
