import { PowerSyncProvider, SeedProvider, useReadable } from '@rowsignal/solid'
import { For } from 'solid-js'
import type { Planner } from '../app/planner.ts'
import { openTripId } from '../app/route.ts'
import { AlertList } from './alert-list.tsx'
import { ConditionsPanel } from './conditions-panel.tsx'
import { OutboxPanel } from './outbox-panel.tsx'
import { PlannerContext } from './planner.ts'
import { StatusLine } from './status-line.tsx'
import { TripList } from './trip-list.tsx'
import { TripView } from './trip-view.tsx'
import { UndoBar } from './undo-bar.tsx'

export function App(props: { planner: Planner }) {
  const tripId = useReadable(openTripId)
  return (
    <PlannerContext.Provider value={props.planner}>
      <PowerSyncProvider database={props.planner.database}>
        <header class="sign">
          <h1>
            Trip planner <span class="roundel">Solid</span>
          </h1>
          <nav class="users" aria-label="User">
            <For each={['1', '2']}>
              {(user) => (
                <a
                  href={`?user=${user}`}
                  aria-current={user === props.planner.user ? 'page' : undefined}
                >
                  User {user}
                </a>
              )}
            </For>
          </nav>
          <StatusLine />
        </header>
        <SeedProvider seeds={props.planner.seeds}>
          <main class="board">
            <AlertList />
            <OutboxPanel />
            <TripList openId={tripId()} />
            <TripView id={tripId()} />
            <ConditionsPanel />
            <UndoBar />
          </main>
        </SeedProvider>
      </PowerSyncProvider>
    </PlannerContext.Provider>
  )
}
