import { PowerSyncProvider } from '@rowsignal/solid'
import { render } from 'solid-js/web'
import { App } from './App'
import { connectorFor } from './connector'
import { database, user } from './db'
import './style.css'

render(
  () => (
    <PowerSyncProvider database={database}>
      <App />
    </PowerSyncProvider>
  ),
  document.getElementById('root')!,
)
// Not awaited: the app shows what is on this device, and the rest comes.
void database.connect(connectorFor(user))
