import { createRowsignal } from '@rowsignal/vue'
import { createApp } from 'vue'
import App from './App.vue'
import { connectorFor } from './connector'
import { database, user } from './db'
import './style.css'

createApp(App).use(createRowsignal({ database })).mount('#app')
// Not awaited: the app shows what is on this device, and the rest comes.
void database.connect(connectorFor(user))
