import { useLiveQuery } from '@rowsignal/solid'
import { createSignal, For, Match, Show, Switch } from 'solid-js'
import { addTrip, deleteTrip } from '../app/actions.ts'
import { listTrips } from '../app/lists.ts'
import { ran } from '../app/ran.ts'
import type { Trip } from '../app/schema.ts'
import { dayText } from '../app/text.ts'
import { usePlanner } from './planner.ts'

export function TripList(props: { openId: string }) {
  const planner = usePlanner()
  const trips = useLiveQuery(() => listTrips(planner))
  const [name, setName] = createSignal('')

  const add = (event: SubmitEvent) => {
    event.preventDefault()
    if (name().trim() === '') return
    addTrip(planner, name().trim())
    setName('')
  }

  return (
    <section class="panel">
      <h2 id="trips">Trips</h2>
      <form class="add" onSubmit={add}>
        <label for="new-trip">New trip</label>
        <input
          id="new-trip"
          type="text"
          autocomplete="off"
          maxlength="200"
          value={name()}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit" class="primary">
          Add trip
        </button>
      </form>
      <ul aria-labelledby="trips">
        <For each={trips()}>
          {(trip) => <TripItem trip={trip} isOpen={trip.id === props.openId} />}
        </For>
      </ul>
      <Switch>
        <Match when={trips.isError}>
          <div class="alert" role="alert">
            <p>The trips cannot be read from this device.</p>
            <button type="button" onClick={trips.retry}>
              Try again
            </button>
          </div>
        </Match>
        <Match when={trips.isLoading && !trips.isSeed}>
          <p class="loading">Reading the trips on this device …</p>
        </Match>
        <Match when={trips().length === 0}>
          <p class="empty">
            No trips yet. Name one above: it is kept on this device, also without a connection.
          </p>
        </Match>
      </Switch>
    </section>
  )
}

function TripItem(props: { trip: Trip; isOpen: boolean }) {
  const planner = usePlanner()
  const linkId = () => `open-${props.trip.id}`
  return (
    <li class="trip-item" data-row={props.trip.id}>
      <a id={linkId()} href={`#${props.trip.id}`} aria-current={props.isOpen ? 'true' : undefined}>
        {ran(props.trip.id, props.trip.name)}{' '}
        <Show when={props.trip.starts_on}>
          {(startsOn) => <time dateTime={startsOn()}>{dayText(startsOn())}</time>}
        </Show>
      </a>
      <button
        type="button"
        class="icon bin"
        title="Delete"
        aria-label="Delete"
        aria-describedby={linkId()}
        onClick={() => deleteTrip(planner, props.trip.id)}
      />
    </li>
  )
}
