/**
 * A worker that tabs share lives as long as one page has it, and none of them can end it. One that was made by a frame of the page
 * goes with that frame: when each page has removed its own, the worker is gone, whatever it was doing.
 */
import type { Stop } from '../readable/readable.ts'

export interface WorkerFrame {
  /** Runs `make`: the workers that tabs share which it makes before it returns are those of the frame. */
  within<T>(make: () => T): T
  /** Lets go of them. */
  readonly remove: Stop
}

/** A frame that is there from the first `within` on, and again from the first one after it was removed. */
export function workerFrame(): WorkerFrame {
  let frame: HTMLIFrameElement | undefined
  return {
    within(make) {
      const { SharedWorker } = globalThis
      frame ??= openFrame()
      globalThis.SharedWorker = (frame.contentWindow as typeof globalThis & Window).SharedWorker
      try {
        return make()
      } finally {
        globalThis.SharedWorker = SharedWorker
      }
    },
    remove() {
      frame?.remove()
      frame = undefined
    },
  }
}

/** Where workers are made by the page itself. */
export const noFrame: WorkerFrame = { within: (make) => make(), remove: () => undefined }

function openFrame(): HTMLIFrameElement {
  const frame = document.createElement('iframe')
  frame.hidden = true
  document.documentElement.append(frame) // there is no body yet when the head of a page runs
  return frame
}
