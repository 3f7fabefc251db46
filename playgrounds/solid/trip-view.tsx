import { useLiveQuery, useRow } from '@rowsignal/solid'
import { createMemo, createSignal, For, Match, onCleanup, onMount, Show, Switch } from 'solid-js'
import { placeStop } from '../app/actions.ts'
import { dragStops } from '../app/drag.ts'
import { listStops } from '../app/lists.ts'
import { dayText } from '../app/text.ts'
import { NewStop } from './new-stop.tsx'
import { usePlanner } from './planner.ts'
import { StopItem } from './stop-item.tsx'
import { TripForm } from './trip-form.tsx'

export function TripView(props: { id: string }) {
  const trip = useRow(usePlanner().trips, () => props.id)
  const openId = createMemo(() => (trip() === undefined ? undefined : props.id))
  return (
    <section class="panel">
      <Show when={openId()} keyed fallback={<NoTrip isReading={trip.isLoading} />}>
        {(id) => (
          <>
            <TripHead id={id} />
            <NewStop tripId={id} />
            <StopList tripId={id} />
          </>
        )}
      </Show>
    </section>
  )
}

function NoTrip(props: { isReading: boolean }) {
  return (
    <Show when={props.isReading} fallback={<p class="empty">Open a trip to see its stops.</p>}>
      <p class="loading">Reading the trip on this device …</p>
    </Show>
  )
}

function TripHead(props: { id: string }) {
  const trip = useRow(usePlanner().trips, () => props.id)
  const [isEditing, setEditing] = createSignal(false)
  return (
    <>
      <div class="trip-head">
        {/* The reader came here by a link in the list, so reading goes on at the heading. */}
        <h2 ref={(heading) => onMount(() => heading.focus())} tabindex="-1">
          {trip()?.name}
        </h2>
        <Show when={trip()?.starts_on}>
          {(startsOn) => <time dateTime={startsOn()}>{dayText(startsOn())}</time>}
        </Show>
        <button
          type="button"
          class="icon pen"
          title="Edit trip"
          aria-label="Edit trip"
          aria-expanded={isEditing()}
          onClick={() => setEditing(!isEditing())}
        />
      </div>
      <Show when={isEditing()}>
        <TripForm id={props.id} onClose={() => setEditing(false)} />
      </Show>
    </>
  )
}

function StopList(props: { tripId: string }) {
  const planner = usePlanner()
  const stops = useLiveQuery(() => listStops(planner, props.tripId))
  const dragIn = (list: HTMLElement) =>
    onCleanup(dragStops(list, (id, index) => placeStop(planner, props.tripId, [id, index])))
  return (
    <>
      <ul ref={dragIn} class="stops" aria-label="Stops">
        <For each={stops()}>
          {(stop, index) => (
            <StopItem stop={stop} isFirst={index() === 0} isLast={index() === stops().length - 1} />
          )}
        </For>
      </ul>
      <Switch>
        <Match when={stops.isLoading && !stops.isSeed}>
          <p class="loading">Reading the stops on this device …</p>
        </Match>
        <Match when={stops().length === 0}>
          <p class="empty">No stops yet. Type a place above to add the first one.</p>
        </Match>
      </Switch>
    </>
  )
}
