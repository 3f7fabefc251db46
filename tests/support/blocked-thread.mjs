// @ts-check
/** Loaded into a process by `--import`: its threads hang for good when the file that the variable names is there. */
import { existsSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const flag = process.env['ROWSIGNAL_TEST_HANG'] ?? ''
if (!isMainThread) {
  setInterval(() => {
    while (existsSync(flag));
  }, 10).unref()
}
