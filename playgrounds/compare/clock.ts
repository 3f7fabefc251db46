/** Waiting in a page that is being measured. */

/** Longer than anything here takes. */
const patienceMs = 60_000

const channel = new MessageChannel()
const waiting: (() => void)[] = []
channel.port1.addEventListener('message', () => waiting.shift()?.())
channel.port1.start()

/** The next task, after all that is due in this one. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve)
    channel.port2.postMessage(undefined)
  })
}

/** The time of the next frame, at its start. */
export function nextFrame(): Promise<number> {
  return new Promise((resolve) => void requestAnimationFrame(resolve))
}

/** Until the next frame has been made. */
export async function framePainted(): Promise<void> {
  await nextFrame()
  await nextTask()
}

/** Until `isRight`; gives the time at which it was so, without what looking took. */
export async function until(isRight: () => boolean): Promise<number> {
  const start = performance.now()
  while (true) {
    const now = performance.now()
    if (isRight()) return now
    if (now - start > patienceMs) throw new Error('A list did not come to show what it should.')
    await nextTask()
  }
}

export interface Timing {
  /** From the call to the DOM that is right, in ms. */
  readonly right: number
  /** From the call to the end of the frame that shows it, in ms. */
  readonly shown: number
}

/** Begins just after a frame. */
export async function timed(change: () => void, isRight: () => boolean): Promise<Timing> {
  await framePainted()
  const start = performance.now()
  change()
  const right = (await until(isRight)) - start
  await framePainted()
  return { right, shown: performance.now() - start }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2
}
