import { createApp } from 'vue'
import { startPlanner } from '../app/start.ts'
import App from './App.vue'

startPlanner('vue', (planner, root) => createApp(App, { planner }).mount(root))
