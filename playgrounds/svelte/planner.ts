import { createContext } from 'svelte'
import type { Planner } from '../app/planner.ts'

export const [usePlanner, providePlanner] = createContext<Planner>()
