/** The page of one variant: the runner calls the steps of its session, and looks at the heap in between. */
import type { Measured } from '../../session.ts'
import { openSession, type Order, type Session } from './session.ts'

/** What the runner finds in the page. */
export interface PageGlobals {
  openSession(order: Order): Promise<void>
  runStep(step: keyof Session): Promise<Measured>
}

let session: Session | undefined

const globals: PageGlobals = {
  async openSession(order) {
    session = await openSession(order)
  },
  runStep: (step) => session![step](),
}
Object.assign(globalThis, globals)
