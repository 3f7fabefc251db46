/** What a process has in use right now. Linux only: it is read from /proc. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** In bytes. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}

/** Connections and listening sockets. */
export function openSockets(pid: number): number {
  const folder = `/proc/${pid}/fd`
  const isSocket = (name: string) => {
    try {
      return readlinkSync(`${folder}/${name}`).startsWith('socket:')
    } catch {
      // Closed since the folder was read.
      return false
    }
  }
  return readdirSync(folder).filter(isSocket).length
}
