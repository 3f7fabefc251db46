/** What the app says, in one place for all components. */
import type { OutboxValue, RefusedWrite, SyncStatusValue } from '@rowsignal/core'

export function connectionText({ connected, connecting }: SyncStatusValue): string {
  if (connected) return 'Online'
  return connecting ? 'Connecting …' : 'Offline'
}

export function outboxText({ isLoading, operations, error }: OutboxValue): string {
  if (isLoading) return 'Reading this device …'
  if (operations === 0) return 'Nothing to upload'
  const waiting = operations === 1 ? '1 change waits' : `${operations} changes wait`
  return error === undefined ? waiting : `${waiting}. The last try failed, the next one follows.`
}

const verbs = { PUT: 'Adding', PATCH: 'Changing', DELETE: 'Deleting' }

export function refusedText({ operation, data, before }: RefusedWrite): string {
  const name = data?.['name'] ?? before?.['name']
  return `${verbs[operation]} ${typeof name === 'string' ? `“${name}”` : 'a trip'} was refused.`
}

/** The columns that the form edits, as it calls them. */
export const fields = { name: 'Name', starts_on: 'Starts on' } as const

const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' })

/** A day as the server has it, `2027-04-30`, for people. */
export function dayText(day: string): string {
  return date.format(new Date(day))
}
