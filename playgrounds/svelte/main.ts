import { mount } from 'svelte'
import { startPlanner } from '../app/start.ts'
import App from './App.svelte'

void startPlanner('svelte', (planner, target) => mount(App, { target, props: { planner } }))
