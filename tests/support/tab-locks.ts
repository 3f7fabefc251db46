/** Locks between tabs, which Node (20, 22) has none of: one that is held exclusively keeps others waiting. */
import { onTestFinished, vi } from 'vitest'

interface Lock {
  readonly name: string
  readonly mode: 'exclusive' | 'shared'
}

interface Request extends Lock {
  readonly grant: () => void
}

type Run = () => unknown

/** @returns The names that are held. */
export function useTabLocks(): { readonly held: () => string[] } {
  let held: Lock[] = []
  let waiting: Request[] = []
  const isFree = ({ name, mode }: Lock): boolean =>
    !held.some((lock) => lock.name === name && (lock.mode === 'exclusive' || mode === 'exclusive'))
  const grant = (): void => {
    for (const request of waiting) {
      if (!isFree(request)) continue
      waiting = waiting.filter((other) => other !== request)
      held = [...held, request]
      request.grant()
    }
  }
  const locks = {
    async request(name: string, ...rest: [Run] | [Partial<LockOptions>, Run]): Promise<unknown> {
      const run = rest.at(-1) as Run
      const { mode = 'exclusive', signal } = rest.length === 2 ? (rest[0] as LockOptions) : {}
      const request = await new Promise<Request>((resolve, reject) => {
        const own: Request = { name, mode, grant: () => resolve(own) }
        signal?.addEventListener('abort', () => {
          waiting = waiting.filter((other) => other !== own)
          reject(signal.reason as Error)
        })
        waiting = [...waiting, own]
        grant()
      })
      return Promise.resolve(run()).finally(() => {
        held = held.filter((other) => other !== request)
        grant()
      })
    },
    query: () => Promise.resolve({ held, pending: waiting }),
  }
  vi.stubGlobal('navigator', { locks })
  onTestFinished(() => void vi.unstubAllGlobals())
  return { held: () => held.map(({ name }) => name) }
}
