/** What a page has that is served by a backend: an origin that paths are relative to. */
import { onTestFinished, vi } from 'vitest'

export function enterPage({ url }: { readonly url: string }): void {
  const fetchFromNode = fetch
  vi.stubGlobal('location', new URL(url))
  vi.stubGlobal('fetch', (target: RequestInfo, init?: RequestInit) =>
    fetchFromNode(typeof target === 'string' ? new URL(target, url) : target, init),
  )
  onTestFinished(() => {
    vi.unstubAllGlobals()
  })
}
