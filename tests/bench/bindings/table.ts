/** The results of the bindings as docs/bindings-cost.md shows them: the frameworks side by side, a table for each size. */
import type { Result } from '../results.ts'

const frameworks = ['vue', 'solid', 'svelte'] as const

export function bindingsTables(results: readonly Result[]): string {
  const titles = new Set(results.map(titleOf))
  const tables = Array.from(titles, (title) =>
    tableOf(
      title,
      results.filter((result) => titleOf(result) === title),
    ),
  )
  return tables.join('\n\n')
}

function titleOf({ n, engine }: Result): string {
  return `${engine}, ${n.toLocaleString('en')} rows`
}

function frameworkOf({ bench }: Result): (typeof frameworks)[number] | undefined {
  return frameworks.find((framework) => bench.startsWith(`${framework} `))
}

function tableOf(title: string, results: readonly Result[]): string {
  const benches = new Set(results.map(nameOf))
  const hasPeer = results.some(({ peer_ms }) => peer_ms !== null)
  const columns = frameworks.flatMap((name) => (hasPeer ? [name, `${name}-db`] : [name]))
  const lines = [
    [title, 'floor', ...columns],
    ['---', '--:', ...columns.map(() => '--:')],
  ]
  for (const bench of benches) {
    const row = results.filter((result) => nameOf(result) === bench)
    const ofFramework = frameworks.map((name) => row.find((one) => frameworkOf(one) === name)!)
    lines.push([
      bench,
      figure(row[0]!.floor_ms),
      ...ofFramework.flatMap(({ ours_ms, to_floor, peer_ms }) => [
        `${figure(ours_ms)} (${to_floor.toFixed(1)})`,
        ...(hasPeer ? [typeof peer_ms === 'number' ? figure(peer_ms) : 'fails'] : []),
      ]),
    ])
    if (row[0]!.alone_ms === undefined) continue
    const alone = ofFramework.flatMap(({ alone_ms = 0, floor_ms }) => [
      `${figure(alone_ms)} (${(alone_ms / floor_ms).toFixed(1)})`,
      ...(hasPeer ? [''] : []),
    ])
    lines.push([`${bench}, rows that nothing follows`, '', ...alone])
  }
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function nameOf(result: Result): string {
  return result.bench.slice(frameworkOf(result)!.length + 1)
}

function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en')
  if (value >= 10) return value.toFixed(1)
  return value.toFixed(value < 1 ? 3 : 2)
}
