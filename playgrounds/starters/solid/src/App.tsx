import { useLiveQuery } from '@rowsignal/solid'
import { For, Match, Switch } from 'solid-js'
import { trips } from './db'
import { NewTrip } from './NewTrip'
import { RefusedWrites } from './RefusedWrites'
import { StatusLine } from './StatusLine'
import { TripItem } from './TripItem'

export function App() {
  const list = useLiveQuery((q) => q.from({ trip: trips }).orderBy(({ trip }) => trip.name))
  return (
    <main>
      <h1>Trips</h1>
      <StatusLine />
      <RefusedWrites />
      <NewTrip />
      <Switch
        fallback={
          <ul class="trips" aria-label="Trips">
            <For each={list()}>{(trip) => <TripItem trip={trip} />}</For>
          </ul>
        }
      >
        <Match when={list.error}>
          {(error) => (
            <p role="alert">
              {error().message}{' '}
              <button type="button" onClick={() => list.retry()}>
                Try again
              </button>
            </p>
          )}
        </Match>
        <Match when={list.isLoading}>
          <p>Loading …</p>
        </Match>
        <Match when={list().length === 0}>
          <p class="empty">No trips yet. Where do you want to go?</p>
        </Match>
      </Switch>
    </main>
  )
}
