import { mount } from 'svelte'
import App from './App.svelte'
import { connectorFor } from './connector'
import { database, user } from './db'
import './style.css'

mount(App, { target: document.getElementById('app')! })
// Not awaited: the app shows what is on this device, and the rest comes.
void database.connect(connectorFor(user))
