import { useReadable } from '@rowsignal/solid'
import { Show } from 'solid-js'
import { slowServerMs } from '../app/faults.ts'
import { PlacesDownload } from './places-download.tsx'
import { usePlanner } from './planner.ts'

export function ConditionsPanel() {
  const { offline, faults, placesWanted } = usePlanner()
  const isOffline = useReadable(offline)
  const faultsNow = useReadable(faults)
  const arePlacesWanted = useReadable(placesWanted)
  return (
    <section class="conditions">
      <h2 class="hidden">Travelling conditions</h2>
      <div class="row">
        <Toggle name="Offline" on={isOffline()} onChange={offline.set} />
        <Toggle
          name="Slow server"
          on={faultsNow().delayMs > 0}
          onChange={(on) => faults.set({ delayMs: on ? slowServerMs : 0 })}
        />
        <Toggle
          name="Refuse next upload"
          on={faultsNow().refuseNext}
          onChange={(refuseNext) => faults.set({ refuseNext })}
        />
      </div>
      <Show
        when={arePlacesWanted()}
        fallback={
          <div class="places">
            <button type="button" onClick={() => placesWanted.set(true)}>
              Download places
            </button>
            135,233 cities to choose from, kept on this device
          </div>
        }
      >
        <PlacesDownload />
      </Show>
    </section>
  )
}

function Toggle(props: { name: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={props.on}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />{' '}
      {props.name}
    </label>
  )
}
