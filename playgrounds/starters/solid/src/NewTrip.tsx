import { createSignal } from 'solid-js'
import { addTrip } from './db'

export function NewTrip() {
  const [name, setName] = createSignal('')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    addTrip(name())
    setName('')
  }
  return (
    <form aria-label="New trip" onSubmit={submit}>
      <label>
        Where to{' '}
        <input
          type="text"
          maxlength="200"
          required
          value={name()}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <button class="primary">Add</button>
    </form>
  )
}
