import { inject, type InjectionKey, provide } from 'vue'
import type { Planner } from '../app/planner.ts'

const key: InjectionKey<Planner> = Symbol('planner')

export function providePlanner(planner: Planner): void {
  provide(key, planner)
}

export function usePlanner(): Planner {
  const planner = inject(key)
  if (planner === undefined) throw new Error('usePlanner is called outside of App')
  return planner
}
