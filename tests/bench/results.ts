/** The results of a run: as results.json, written as they come, and as a table with ratios. */
import { writeFileSync } from 'node:fs'

/** Milliseconds, or KB and MB for the heap. A subject that failed says so in place of a number. */
export interface Result {
  bench: string
  n: number
  engine: string
  db: string
  ours_ms: number
  floor_ms: number
  peer_ms: number | 'fails' | null
  /** Of a binding: the same list in the same framework, of rows that nothing follows. */
  alone_ms?: number
  to_floor: number
  to_peer: number | null
  error?: string
}

/** So that a run that is cut leaves what it has. */
export function save(rows: readonly Result[]): void {
  writeFileSync(new URL('results.json', import.meta.url), `${JSON.stringify(rows, null, 2)}\n`)
}

export function table(rows: readonly Result[]): string {
  const hasAlone = rows.some((row) => row.alone_ms !== undefined)
  const lines = rows.map((row) => [
    row.engine,
    row.bench,
    row.n,
    figure(row.ours_ms),
    figure(row.floor_ms),
    figure(row.peer_ms),
    ...(hasAlone ? [figure(row.alone_ms)] : []),
    row.to_floor.toFixed(2),
    row.to_peer?.toFixed(3) ?? '',
  ])
  const head = ['engine', 'bench', 'n', 'ours ms', 'floor ms', 'upstream ms']
  if (hasAlone) head.push('framework ms')
  head.push('to floor', 'to upstream')
  const rule = head.map((_, column) => (column < 2 ? '---' : '--:'))
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function figure(value: number | string | null | undefined): string {
  if (typeof value !== 'number') return value ?? ''
  return value.toFixed(value < 1 ? 3 : 1)
}

/** One line that is written over on a terminal, and lines otherwise. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`)
  else if (text !== '') process.stderr.write(`${text}\n`)
}
