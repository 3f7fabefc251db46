/**
 * What storage says when it can't: it is full, or another tab has not let go of the file yet. SQLite says `database or disk is
 * full`; of OPFS it hears no reason, and says `disk I/O error` (@powersync/web 2.4.0, Chromium 156). A connection that may be
 * behind (OPFSWriteAheadVFS) finds no tables of PowerSync's own in a file that another tab has just made.
 *
 * All of it passes by itself, with what the app asks for unchanged.
 */
import { isRowsignalError, RowsignalError } from '../errors.ts'

/** If so much can't be written, SQLite's error is for want of space. In bytes. */
const probeBytes = 2 ** 20

const full = /database or disk is full|QuotaExceededError/
/** Of a full OPFS, too. */
const unexplained = /disk I\/O error|unable to open database/
const taken = /NoModificationAllowedError/
/** Not the tables of the app (`ps_data__…`): a schema may lack one for good. */
const behind = /no such table: (?:main\.)?ps_(?!data_)/

/** Whether what has failed may be well later, though nobody asks for anything else. */
export function passes(error: unknown): boolean {
  if (isRowsignalError(error, 'storage-full')) return true
  const text = textOf(error)
  return [full, unexplained, taken, behind].some((fault) => fault.test(text))
}

/** Whether it is storage that has failed, and not what was asked of it. */
export function isOfStorage(error: unknown): boolean {
  const text = textOf(error)
  return full.test(text) || unexplained.test(text)
}

/** Whether somebody else has the file, so that nothing was done. */
export function isTakenFile(error: unknown): boolean {
  return taken.test(textOf(error))
}

/** Whether storage has failed for no reason that it tells, though there is space: the connection itself may be at fault. */
export async function isUnexplained(error: unknown): Promise<boolean> {
  return unexplained.test(textOf(error)) && !(await isFullStorage())
}

/** The error itself, or `storage-full` with it as the cause. */
export async function storageFault(error: unknown): Promise<unknown> {
  if (isRowsignalError(error, 'storage-full')) return error // there may be space by now
  const text = textOf(error)
  const isFull = full.test(text) || (unexplained.test(text) && (await isFullStorage()))
  if (!isFull) return error
  return nothingStored(error)
}

/** Of a write that has failed for want of space, or was not tried for it. */
export function nothingStored(cause?: unknown): RowsignalError {
  return storageFull(
    'so SQLite could not write and nothing of it was stored. What is shown stays. Have the user free space, then do it again.',
    cause,
  )
}

/** @param rest What has come of it, and what to do: the end of the message. */
export function storageFull(rest: string, cause?: unknown): RowsignalError {
  const message = `storage: the disk is full, or the browser gives this page no more of it, ${rest}`
  return new RowsignalError('storage-full', message, { cause })
}

/** How long after each failure another try is made: a tab that is closed lets go of the file a moment later. In ms. */
const pausesMs = [50, 100, 200, 400, 800, 1_600]

/**
 * Runs what fails because another tab has the file open, or the like, once more, a few times, while `isWanted`.
 *
 * @throws {RowsignalError} Rejects with `storage-full`, which does not pass so soon; else with what `run` threw last.
 */
export async function whenFree<T>(run: () => Promise<T>, isWanted: () => boolean): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await run()
    } catch (error) {
      const fault = await storageFault(error)
      const isFull = isRowsignalError(fault, 'storage-full')
      if (isFull || !passes(error) || !isWanted()) throw fault
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  return run()
}

/** Errors of a worker come as copies, whose names may be lost. */
function textOf(error: unknown): string {
  const { name, message, cause } = (error ?? {}) as Partial<Error>
  return `${name}: ${message}${cause === undefined ? '' : ` ${textOf(cause)}`}`
}

/** The folder of OPFS; undefined where there is none. */
export async function opfsFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  const storage = (globalThis.navigator as Partial<Navigator> | undefined)?.storage
  return storage?.getDirectory?.().catch(() => undefined)
}

/** By writing: `navigator.storage.estimate()` did not tell of it when a quota was set by the devtools (Chromium 156). */
export async function isFullStorage(): Promise<boolean> {
  const folder = await opfsFolder()
  if (folder === undefined) return false
  const name = `rowsignal-${crypto.randomUUID()}`
  try {
    const file = await folder.getFileHandle(name, { create: true })
    const writable = await file.createWritable()
    await writable.write(new Uint8Array(probeBytes))
    await writable.close()
    return false
  } catch (error) {
    return textOf(error).startsWith('QuotaExceededError')
  } finally {
    await folder.removeEntry(name).catch(() => undefined)
  }
}
