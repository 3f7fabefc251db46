import { createRowsignal } from '@rowsignal/vue'
import { createApp } from 'vue'
import { startPlanner } from '../app/start.ts'
import App from './App.vue'

startPlanner('vue', (planner, root) =>
  createApp(App, { planner })
    .use(createRowsignal({ database: planner.database }))
    .mount(root),
)
