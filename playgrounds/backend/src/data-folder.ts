/**
 * The folder that a backend keeps between runs: Postgres, the signing key, and a lock, since two processes that write
 * one embedded Postgres would destroy it.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from './setup-error.ts'

export interface DataFolder {
  readonly postgres: string
  readonly signingKey: string
  release(): void
}

/** Makes the folder if need be and takes its lock. */
export function openDataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true })
  takeLock(lockOf(path))
  return {
    postgres: join(path, 'postgres'),
    signingKey: join(path, 'signing-key.json'),
    release: () => releaseDataFolder(path),
  }
}

/** Gives up the lock of this process, if it has one; also for whoever has ended a backend by force. */
export function releaseDataFolder(path: string): void {
  const lock = lockOf(path)
  if (existsSync(lock) && Number(readFileSync(lock, 'utf8')) === process.pid) rmSync(lock)
}

function lockOf(path: string): string {
  return join(path, 'backend.pid')
}

/** Empties a folder that no running backend uses. */
export function resetDataFolder(path: string): void {
  openDataFolder(path).release()
  rmSync(path, { recursive: true })
}

function takeLock(lock: string): void {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const pid = Number(readFileSync(lock, 'utf8'))
    if (isRunning(pid))
      throw new SetupError(
        `The backend with process id ${pid} uses this data folder. Stop it, or remove ${lock} if it is something else.`,
        { cause: error },
      )
    // Left behind by a backend that was killed.
    rmSync(lock, { force: true })
    takeLock(lock)
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
