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
  /** To the same of ours with 1,000 rows. */
  to_1k?: number
  error?: string
}

/** So that a run that is cut leaves what it has. */
export function save(rows: readonly object[]): void {
  writeFileSync(new URL('results.json', import.meta.url), `${JSON.stringify(rows, null, 2)}\n`)
}

export function table(rows: readonly Result[]): string {
  const cell = (value: number | string | null, digits: number): string =>
    typeof value === 'number' ? value.toFixed(digits) : (value ?? '')
  const lines = rows.map((row) =>
    [
      row.engine,
      row.bench,
      row.n,
      cell(row.ours_ms, 1),
      cell(row.floor_ms, 1),
      cell(row.peer_ms, 1),
      cell(row.to_floor, 2),
      cell(row.to_peer, 3),
    ].join(' | '),
  )
  const head = 'engine | bench | n | ours ms | floor ms | upstream ms | to floor | to upstream'
  return [head, '---|---|--:|--:|--:|--:|--:|--:', ...lines].map((line) => `| ${line} |`).join('\n')
}

/** One line that is written over on a terminal, and lines otherwise. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`)
  else if (text !== '') process.stderr.write(`${text}\n`)
}
