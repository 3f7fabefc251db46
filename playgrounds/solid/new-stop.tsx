import { useLiveQuery, useReadable } from '@rowsignal/solid'
import { createMemo, createSelector, For, Match, Show, Switch } from 'solid-js'
import { addStop } from '../app/actions.ts'
import { createPlaceChooser, hasLeft } from '../app/place-chooser.ts'
import { listCountries, scrollPlaces, searchPlaces } from '../app/places.ts'
import { countryOptions, placeDetails } from '../app/text.ts'
import { usePlanner } from './planner.ts'

export function NewStop(props: { tripId: string }) {
  const planner = usePlanner()
  const chooser = createPlaceChooser()
  const choice = useReadable(chooser)
  const countries = useReadable(listCountries(planner.database))
  const found = useLiveQuery((query) =>
    choice().isOpen ? searchPlaces(query, planner.places, choice()) : undefined,
  )
  const options = createMemo(() => countryOptions(countries().rows))
  const isOpen = () => found().length > 0
  const isNothing = () =>
    found.collection !== null && !found.isLoading && !found.isPlaceholderData && !isOpen()
  const isActive = createSelector(() => choice().active)

  const add = (event: SubmitEvent) => {
    event.preventDefault()
    const stop = chooser.take()
    if (stop !== undefined) addStop(planner, props.tripId, stop)
  }
  const leave = (event: FocusEvent) => {
    if (hasLeft(event)) chooser.close()
  }

  return (
    <form class="add" onSubmit={add} onFocusOut={leave}>
      <label for="new-stop">New stop</label>
      <input
        id="new-stop"
        type="text"
        role="combobox"
        aria-autocomplete="list"
        aria-controls="found-places"
        aria-expanded={isOpen()}
        aria-activedescendant={choice().active < 0 ? undefined : `found-place-${choice().active}`}
        autocomplete="off"
        maxlength="200"
        value={choice().text}
        onInput={(event) => chooser.type(event.currentTarget.value)}
        onKeyDown={(event) => chooser.press(event, found())}
      />
      <Show when={options().length > 0}>
        <select
          aria-label="Country"
          value={choice().country}
          onChange={(event) => chooser.setCountry(event.currentTarget.value)}
        >
          <option value="">Any country</option>
          <For each={options()}>{({ code, name }) => <option value={code}>{name}</option>}</For>
        </select>
      </Show>
      <button type="submit" class="primary">
        Add stop
      </button>
      <div class="found">
        <Switch>
          <Match when={isOpen()}>
            <ul
              id="found-places"
              role="listbox"
              aria-label="Places"
              onScroll={(event) => scrollPlaces(event, found.collection)}
              onMouseDown={(event) => event.preventDefault()}
            >
              <For each={found()}>
                {(place, index) => (
                  <li
                    id={`found-place-${index()}`}
                    role="option"
                    aria-selected={isActive(index())}
                    onClick={() => chooser.choose(place)}
                  >
                    {place.name} <span>{placeDetails(place)}</span>
                  </li>
                )}
              </For>
            </ul>
          </Match>
          <Match when={options().length > 0 && isNothing()}>
            <p aria-live="polite">No place on this device begins so.</p>
          </Match>
        </Switch>
      </div>
    </form>
  )
}
