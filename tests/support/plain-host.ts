/** A framework of the least kind: it keeps nothing, so that what is read is asked for anew, and follows when it is told to. */
import { type Followable, type FollowListener, type Host, serverHost } from '@rowsignal/core/host'
import { onTestFinished } from 'vitest'

/** How it keeps and follows; cells are the test's own business. */
export function plainLifecycle() {
  const updates: (() => void)[] = []
  const stops: (() => void)[] = []
  onTestFinished(() => stops.forEach((stop) => stop()))
  const follow = <Followed extends Followable>(
    read: () => Followed | undefined,
    listener?: FollowListener,
  ) => {
    let now: Followed | undefined
    let stop = (): void => {}
    const update = (): void => {
      const next = read()
      if (next === now) return
      const leave = stop
      now = next
      stop = next?.acquire() ?? (() => {})
      leave()
      listener?.moved()
    }
    updates.push(update)
    stops.push(() => {
      stop()
      listener?.left()
    })
    return read
  }
  return {
    lifecycle: {
      server: false,
      seeds: () => [],
      keep: <T>(read: () => T) => read,
      follow,
      followHere: () => {},
    },
    /** Follows what is asked for now, as a framework does when a component updates. */
    update: () => updates.forEach((run) => run()),
    /** Lets go of what it follows, as at the end of the test. */
    stop: () => stops.splice(0).forEach((stop) => stop()),
  }
}

/** The host of a server whose framework keeps nothing. */
export const server = serverHost({ keep: (read) => read, seeds: () => [] })

/** A host whose readers read again by themselves. */
export function createPlainHost(trigger: () => void = () => {}) {
  const { lifecycle, update, stop } = plainLifecycle()
  const host: Host<undefined> = {
    ...lifecycle,
    cell: () => undefined,
    track: (_, now) => now,
    trigger,
  }
  return { host, update, stop }
}
