import { createContext, useContext } from 'solid-js'
import type { Planner } from '../app/planner.ts'

export const PlannerContext = createContext<Planner>()

export function usePlanner(): Planner {
  const planner = useContext(PlannerContext)
  if (planner === undefined) throw new Error('usePlanner is called outside of App')
  return planner
}
