import { useSyncStream } from '@rowsignal/solid'
import { Match, Switch } from 'solid-js'
import { placesStream } from '../app/places.ts'
import { progressText } from '../app/text.ts'

export function PlacesDownload() {
  const places = useSyncStream(placesStream)
  return (
    <div class="places">
      <Switch fallback="The places come when there is a connection.">
        <Match when={places().hasSynced}>
          All places are on this device: type one as a new stop.
        </Match>
        <Match when={places().progress}>
          {(progress) => (
            <>
              <progress aria-label="Places" value={progress().fraction} />
              {progressText(progress())}
            </>
          )}
        </Match>
      </Switch>
    </div>
  )
}
