import { createRowsignal } from '@rowsignal/vue'
import { createApp } from 'vue'
import { startPlanner } from '../app/start.ts'
import App from './App.vue'

void startPlanner('vue', (planner, root) =>
  createApp(App, { planner }).use(createRowsignal(planner)).mount(root),
)
