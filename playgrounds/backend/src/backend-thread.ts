/** The thread that `main.ts` runs the backend in: it takes the options and the word to stop, and tells what happens. */
import { parentPort, workerData } from 'node:worker_threads'
import { type BackendOptions, startBackend } from './server.ts'
import { SetupError } from './setup-error.ts'

export type ThreadOptions = Omit<BackendOptions, 'places' | 'log' | 'startProgress'>

export type ThreadMessage =
  | { readonly line: string }
  /** What whoever starts it can put right. */
  | { readonly mistake: string }
  | { readonly label: string; readonly total: number; readonly done: number }

function tell(message: ThreadMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message)
}

try {
  const backend = await startBackend({
    ...(workerData as ThreadOptions),
    log: (line) => tell({ line }),
    startProgress: (label, total) => ({ update: (done) => tell({ label, total, done }) }),
  })
  // Not before it has started; whoever sends it earlier waits, and not for long.
  parentPort?.once('message', () => {
    backend.close().then(
      () => process.exit(),
      (error: unknown) => tell({ line: String(error) }),
    )
  })
  tell({ line: `Ready: ${backend.url}` })
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  tell({ mistake: error.message })
}
