/** How long the tasks of a page hold its thread: the trace of Chromium's event loop. */
import type { Page } from 'playwright-core'
import type { Measured } from '../session.ts'

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** In µs. */
  readonly ts: number
  readonly dur?: number
  /** What of it the thread has had a processor for. */
  readonly tdur?: number
}

/** The tasks between the marks `rowsignal: begins` and `rowsignal: ends` that `run` makes. In ms. */
export async function traceTasks(page: Page, run: () => Promise<unknown>): Promise<Measured> {
  const session = await page.context().newCDPSession(page)
  const events: TraceEvent[] = []
  session.on(
    'Tracing.dataCollected',
    ({ value }) => void events.push(...(value as never as TraceEvent[])),
  )
  const complete = new Promise<void>((resolve) =>
    session.once('Tracing.tracingComplete', () => resolve()),
  )
  await session.send('Tracing.start', {
    traceConfig: {
      includedCategories: ['toplevel', 'blink.user_timing'],
      excludedCategories: ['*'],
    },
    transferMode: 'ReportEvents',
  } as never)
  await run()
  await session.send('Tracing.end')
  await complete
  const begins = events.find(({ name }) => name === 'rowsignal: begins')!
  const ends = events.find(({ name }) => name === 'rowsignal: ends')!
  const tasks = events.filter(
    ({ name, pid, tid, ts }) =>
      name.endsWith('RunTask') &&
      pid === begins.pid &&
      tid === begins.tid &&
      ts >= begins.ts &&
      ts <= ends.ts,
  )
  const ms = (kind: 'dur' | 'tdur'): number[] =>
    tasks
      .map((task) => (task[kind] ?? 0) / 1000)
      .filter((time) => time > 0.1)
      .toSorted((a, b) => a - b)
  const [wall, cpu] = [ms('dur'), ms('tdur')]
  return {
    'background load': (ends.ts - begins.ts) / 1000,
    'tasks of more than 0.1 ms': wall.length,
    'task, 99th percentile': wall[Math.floor(wall.length * 0.99)] ?? 0,
    'longest task': wall.at(-1) ?? 0,
    'task, 99th percentile, processor': cpu[Math.floor(cpu.length * 0.99)] ?? 0,
    'longest task, processor': cpu.at(-1) ?? 0,
  }
}
