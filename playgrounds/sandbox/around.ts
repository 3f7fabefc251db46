/** What is around the planners: the bar of conditions, the strip of steps and the code. */
import { showCode } from './code.ts'
import { connectConditions } from './conditions.ts'
import { showSteps } from './step-strip.ts'

export function showAround(user: '1' | '2'): void {
  const conditions = connectConditions(user)
  showSteps(user, conditions.refresh)
  showCode()
}
