import { render } from 'solid-js/web'
import { startPlanner } from '../app/start.ts'
import { App } from './app.tsx'

void startPlanner('solid', (planner, root) => render(() => <App planner={planner} />, root))
