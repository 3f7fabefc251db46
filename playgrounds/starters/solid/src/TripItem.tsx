import { createSignal, Show } from 'solid-js'
import { type Trip, trips } from './db'
import { dayText } from './text'
import { TripForm } from './TripForm'

/** `trip` is live: each place that reads a column runs when this column of this trip changes. */
export function TripItem(props: { trip: Trip }) {
  const [isOpen, setOpen] = createSignal(false)
  return (
    <li>
      <div class="trip">
        <p>
          {props.trip.name}
          <Show when={props.trip.starts_on}>
            {(day) => <time datetime={day()}>{dayText(day())}</time>}
          </Show>
        </p>
        <button
          type="button"
          aria-label={`Edit ${props.trip.name}`}
          aria-expanded={isOpen()}
          onClick={() => setOpen(!isOpen())}
        >
          Edit
        </button>
        <button
          type="button"
          aria-label={`Delete ${props.trip.name}`}
          onClick={() => trips.delete(props.trip.id)}
        >
          Delete
        </button>
      </div>
      <Show when={isOpen()}>
        <TripForm id={props.trip.id} onClose={() => setOpen(false)} />
      </Show>
    </li>
  )
}
