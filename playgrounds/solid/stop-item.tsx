import { useRowState } from '@rowsignal/solid'
import { createSignal, createUniqueId, Show } from 'solid-js'
import { checkStop, deleteStop, moveStop } from '../app/actions.ts'
import { keepFocus } from '../app/focus.ts'
import { ran } from '../app/ran.ts'
import type { ListedStop } from '../app/schema.ts'
import { stateSigns, stopDetails } from '../app/text.ts'
import { usePlanner } from './planner.ts'
import { StopForm } from './stop-form.tsx'

export function StopItem(props: { stop: ListedStop; isFirst: boolean; isLast: boolean }) {
  const planner = usePlanner()
  const id = createUniqueId()
  const state = useRowState(
    () => planner.stops,
    () => props.stop.id,
  )
  const [isEditing, setEditing] = createSignal(false)
  const move = (event: MouseEvent, by: -1 | 1) =>
    keepFocus(event, () => moveStop(planner, props.stop, by))
  return (
    <li class="stop" data-row={props.stop.id}>
      <input
        id={id}
        type="checkbox"
        checked={props.stop.done === 1}
        onChange={(event) => checkStop(planner, props.stop.id, event.currentTarget.checked)}
      />
      <label id={`${id}-name`} for={id}>
        {ran(props.stop.id, props.stop.place)}
      </label>
      <div class="actions" role="group" aria-labelledby={`${id}-name`}>
        <button
          type="button"
          class="icon up"
          title="Up"
          aria-label="Up"
          disabled={props.isFirst}
          onClick={(event) => move(event, -1)}
        />
        <button
          type="button"
          class="icon down"
          title="Down"
          aria-label="Down"
          disabled={props.isLast}
          onClick={(event) => move(event, 1)}
        />
        <button
          type="button"
          class="icon pen"
          title="Edit"
          aria-label="Edit"
          aria-expanded={isEditing()}
          onClick={() => setEditing(!isEditing())}
        />
        <button
          type="button"
          class="icon bin"
          title="Delete"
          aria-label="Delete"
          onClick={() => deleteStop(planner, props.stop.id)}
        />
      </div>
      <p class="details">
        <span class="state" data-state={state()} title={stateSigns[state()].text}>
          <span aria-hidden="true">{stateSigns[state()].sign}</span>
          <span class="hidden">{stateSigns[state()].text}</span>
        </span>{' '}
        {ran(props.stop.id, stopDetails(props.stop))}
      </p>
      <Show when={isEditing()}>
        <StopForm id={props.stop.id} onClose={() => setEditing(false)} />
      </Show>
    </li>
  )
}
