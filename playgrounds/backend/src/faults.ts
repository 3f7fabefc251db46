/**
 * Faults on request, each for one user: the switches of the playgrounds, and what the tests break. They are forgotten
 * when the backend stops.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { firstIssue, RequestError } from './errors.ts'

export interface Faults {
  /** What is switched on for a user. */
  of(user: string): { delayMs: number; refuseNext: boolean }
  /** Takes a request to switch something on or off. */
  change(user: string, body: unknown): void
  /** Holds an upload for `delayMs`, then refuses it if it is the one to refuse. @throws {RequestError} `refused`. */
  beforeUpload(user: string): Promise<void>
  /** Keeps `cut` for the time that a stream of the user is open; returns how to forget it. */
  onCut(user: string, cut: () => void): () => void
}

const changeBody = z.strictObject({
  /** How long each upload and each checkpoint waits. */
  delayMs: z.int().min(0).max(60_000).optional(),
  refuseNext: z.boolean().optional(),
  /** Drops the connections of all open streams, in the middle of whatever they send. */
  cut: z.boolean().optional(),
})

export function createFaults(): Faults {
  const switchedOn = new Map<string, { delayMs: number; refuseNext: boolean }>()
  const cuts = new Map<string, Set<() => void>>()
  const of = (user: string) => switchedOn.get(user) ?? { delayMs: 0, refuseNext: false }
  return {
    of,
    change(user, body) {
      const parsed = changeBody.safeParse(body)
      if (!parsed.success) throw new RequestError('bad-request', firstIssue(parsed.error))
      const { delayMs, refuseNext, cut } = parsed.data
      const before = of(user)
      switchedOn.set(user, {
        delayMs: delayMs ?? before.delayMs,
        refuseNext: refuseNext ?? before.refuseNext,
      })
      if (cut === true) for (const cutOne of cuts.get(user) ?? []) cutOne()
    },
    async beforeUpload(user) {
      await delay(of(user).delayMs)
      const { refuseNext, ...rest } = of(user)
      if (!refuseNext) return
      switchedOn.set(user, { ...rest, refuseNext: false })
      throw new RequestError('refused', 'This upload was to be refused.', { operation: 0 })
    },
    onCut(user, cut) {
      const open = cuts.get(user) ?? new Set()
      cuts.set(user, open.add(cut))
      return () => open.delete(cut)
    },
  }
}
