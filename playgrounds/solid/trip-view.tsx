import { useRow, useRows } from '@rowsignal/solid'
import { createEffect, createMemo, createSignal, For, Match, on, Show, Switch } from 'solid-js'
import { listStops } from '../app/lists.ts'
import { dayText } from '../app/text.ts'
import { NewStop } from './new-stop.tsx'
import { usePlanner } from './planner.ts'
import { StopItem } from './stop-item.tsx'
import { TripForm } from './trip-form.tsx'

export function TripView(props: { id: string }) {
  const planner = usePlanner()
  const trip = useRow(planner.trips, () => props.id)
  const isOpen = createMemo(() => trip() !== undefined)
  return (
    <section class="panel">
      <Show when={isOpen()} fallback={<p class="empty">Open a trip to see its stops.</p>}>
        <TripHead id={props.id} />
        <NewStop tripId={props.id} />
        <StopList tripId={props.id} />
      </Show>
    </section>
  )
}

function TripHead(props: { id: string }) {
  const trip = useRow(usePlanner().trips, () => props.id)
  const [isEditing, setEditing] = createSignal(false)
  let heading!: HTMLHeadingElement
  // The reader came here by a link in the list, so reading goes on at the heading.
  createEffect(
    on(
      () => props.id,
      () => {
        setEditing(false)
        heading.focus()
      },
    ),
  )
  return (
    <>
      <div class="trip-head">
        <h2 ref={heading} tabindex="-1">
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
  const list = createMemo(() => listStops(planner, props.tripId))
  const stops = useRows(list)
  return (
    <>
      <ul class="stops" aria-label="Stops">
        <For each={stops()}>
          {(stop, index) => (
            <StopItem stop={stop} isFirst={index() === 0} isLast={index() === stops().length - 1} />
          )}
        </For>
      </ul>
      <Switch>
        <Match when={stops.isLoading}>
          <p class="loading">Reading the stops on this device …</p>
        </Match>
        <Match when={stops().length === 0}>
          <p class="empty">No stops yet. The line starts here.</p>
        </Match>
      </Switch>
    </>
  )
}
