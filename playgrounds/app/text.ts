/** What the three planners say, where saying it takes more than a word. */
import {
  isRowsignalError,
  type OutboxValue,
  type RowState,
  type SyncStatusValue,
} from '@rowsignal/core'
import type { ListedStop } from './schema.ts'

/** Made at the first use: all four together take the page of a first paint some 20 ms. */
function once<Made>(make: () => Made): () => Made {
  let made: Made | undefined
  return () => (made ??= make())
}
const time = once(() => new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' }))
const date = once(() => new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' }))
const number = once(() => new Intl.NumberFormat('en'))
const countries = once(() => new Intl.DisplayNames('en', { type: 'region' }))

export type Connection = 'starting' | 'connected' | 'connecting' | 'replicating' | 'offline'

export function connectionOf(
  { connected, connecting, downloadError }: SyncStatusValue,
  isOffline: boolean,
): Connection {
  if (isOffline) return 'offline'
  if (connected) return 'connected'
  // What a PowerSync Service answers until it has replicated its Postgres once.
  if (downloadError?.message.includes('PSYNC_S2302') === true) return 'replicating'
  if (connecting) return 'connecting'
  // Nothing has failed: the database is opening, or the connection is about to be tried.
  return downloadError === undefined ? 'starting' : 'offline'
}

export const connectionText: Record<Connection, string> = {
  starting: 'Starting …',
  connected: 'Connected',
  connecting: 'Connecting …',
  replicating: 'The service is still reading its database …',
  offline: 'Offline',
}

export function lastSyncText(at: Date | undefined): string {
  return at === undefined ? 'Never synced' : `Synced ${time().format(at)}`
}

export function pendingText({ operations }: OutboxValue): string {
  if (operations === 0) return 'Nothing to upload'
  return operations === 1
    ? '1 write waits for upload'
    : `${number().format(operations)} writes wait for upload`
}

/** Why what waits has not got through; undefined while nothing is wrong. */
export function uploadProblem({ operations, error, nextRetryAt }: OutboxValue): string | undefined {
  if (operations === 0 || error === undefined) return undefined
  const what = isRowsignalError(error, 'upload-too-large')
    ? 'A change is too large to be sent. It is kept on this device.'
    : 'The server cannot be reached. Nothing is lost.'
  return nextRetryAt === undefined ? what : `${what} Next try ${time().format(nextRetryAt)}.`
}

/** What a stop shows beside it: a sign for eyes, a text for all others. */
export const stateSigns: Record<RowState, { readonly sign: string; readonly text: string }> = {
  pending: { sign: '…', text: 'Being saved' },
  queued: { sign: '↑', text: 'Waits for upload' },
  uploaded: { sign: '↑', text: 'Uploaded, not confirmed yet' },
  acknowledged: { sign: '✓', text: 'On the server' },
  refused: { sign: '!', text: 'Refused by the server' },
  local: { sign: '✓', text: 'On this device' },
}

export function progressText({ downloaded, total }: { downloaded: number; total: number }): string {
  return `${number().format(downloaded)} of ${number().format(total)}`
}

/** `2026-12-24` as `Dec 24, 2026`. */
export function dayText(isoDate: string): string {
  return date().format(new Date(`${isoDate}T00:00:00Z`))
}

export function stopDetails({ day, note, ...place }: ListedStop): string {
  return [day === null ? '' : `Day ${day}`, placeDetails(place), note].filter(Boolean).join(' · ')
}

/** The country and population of a place, as far as they are known. */
export function placeDetails({
  country,
  population,
}: Pick<ListedStop, 'country' | 'population'>): string {
  const people = population ? `${number().format(population)} people` : ''
  return [countryText(country ?? ''), people].filter(Boolean).join(', ')
}

/** What the field for a country offers, by name. */
export function countryOptions(countries: readonly { code: string }[]): CountryOption[] {
  return countries
    .map(({ code }) => ({ code, name: countryText(code) }))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
}

interface CountryOption {
  readonly code: string
  readonly name: string
}

/** `JP` as Japan. */
function countryText(code: string): string {
  return code === '' ? '' : (countries().of(code) ?? code)
}

export function placesText(count: number): string {
  return `${number().format(count)} places are on this device: type one as a new stop.`
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
