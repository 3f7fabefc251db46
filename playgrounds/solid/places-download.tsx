import { useReadable, useSyncStream } from '@rowsignal/solid'
import { Match, Switch } from 'solid-js'
import { placesStream } from '../app/places.ts'
import { placesText, progressText } from '../app/text.ts'
import { usePlanner } from './planner.ts'

export function PlacesDownload() {
  const stream = useSyncStream(placesStream)
  const count = useReadable(usePlanner().placesCount)
  return (
    <div class="places">
      <Switch fallback="The places come when there is a connection.">
        <Match when={count() > 0}>{placesText(count())}</Match>
        <Match when={stream().progress}>
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
