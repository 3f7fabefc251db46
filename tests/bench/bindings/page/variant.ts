/** What is measured: plain DOM, our binding of a framework, or the official adapter. */
import type { Places } from './places.ts'

export interface ListOptions {
  readonly places: Places
  /** Rows to show, from the top. Default: all. */
  readonly limit?: number | undefined
}

export interface ByIdOptions {
  readonly places: Places
  readonly ids: readonly string[]
}

/** Each shows `<ul><li><span>name</span><span>note</span></li>…</ul>`, and returns how to take it away. */
export interface Variant {
  mountList(element: Element, options: ListOptions): () => void
  /** Each row for itself by its key. */
  mountById(element: Element, options: ByIdOptions): () => void
  /** Resolves when the framework has done what a commit asks of it; without, it has when the commit returns. */
  settled?(): Promise<void>
}
