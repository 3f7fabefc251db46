import { createResource, createSignal, For, Show } from 'solid-js'
import { addStop } from '../app/actions.ts'
import { suggestPlaces } from '../app/places.ts'
import type { Place } from '../app/schema.ts'
import { populationText } from '../app/text.ts'
import { usePlanner } from './planner.ts'

export function NewStop(props: { tripId: string }) {
  const planner = usePlanner()
  const [text, setText] = createSignal('')
  const [chosen, setChosen] = createSignal<Place>()
  const chosenId = () => (text().trim() === chosen()?.name ? chosen()!.id : null)
  const [suggestions] = createResource(
    () => ({ text: chosenId() === null ? text() : '' }), // a bare '' would mean "do not ask"
    ({ text }) => suggestPlaces(planner.database, text),
  )

  const choose = (place: Place) => {
    setChosen(place)
    setText(place.name ?? '')
  }
  const add = (event: SubmitEvent) => {
    event.preventDefault()
    const place = text().trim()
    if (place === '') return
    addStop(planner, props.tripId, { place, placeId: chosenId() })
    setText('')
  }

  return (
    <form class="add" onSubmit={add}>
      <label for="new-stop">New stop</label>
      <input
        id="new-stop"
        type="text"
        autocomplete="off"
        maxlength="200"
        value={text()}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="primary">
        Add stop
      </button>
      <Show when={suggestions.latest?.length}>
        <ul class="suggestions" aria-label="Suggestions">
          <For each={suggestions.latest}>
            {(place) => (
              <li>
                <button type="button" onClick={() => choose(place)}>
                  {place.name}{' '}
                  <span>
                    {place.country} · {populationText(place.population)}
                  </span>
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </form>
  )
}
