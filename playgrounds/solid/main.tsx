import { render } from 'solid-js/web'
import { startPlanner } from '../app/start.ts'
import { App } from './app.tsx'

startPlanner('solid', (planner, root) => render(() => <App planner={planner} />, root))
