import { mount } from 'svelte'
import { startPlanner } from '../app/start.ts'
import App from './App.svelte'

startPlanner('svelte', (planner, target) => mount(App, { target, props: { planner } }))
