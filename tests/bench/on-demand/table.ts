/** The results of collections on demand as docs/benchmarks.md shows them. */

/** Milliseconds, or MB for the heap. */
export interface OnDemandResult {
  readonly bench: string
  readonly n: number
  readonly engine: string
  readonly ours_ms: number
  readonly held_ms?: number
  readonly sql_ms?: number
  readonly peer_ms?: number
}

export function onDemandTable(results: readonly OnDemandResult[]): string {
  const lines = results.map((result) => {
    const { bench, n, engine, ours_ms, held_ms, sql_ms, peer_ms } = result
    const fewest = results.find((other) => other.bench === bench && other.engine === engine)!
    const cells = [
      ...[ours_ms, held_ms, sql_ms, peer_ms].map((ms) => ms?.toFixed(1) ?? ''),
      ...[held_ms, sql_ms, peer_ms, fewest === result ? undefined : fewest.ours_ms].map((ms) =>
        ms === undefined ? '' : (ours_ms / ms).toFixed(2),
      ),
    ]
    return [engine, bench, n.toLocaleString('en'), ...cells].join(' | ')
  })
  const head =
    'engine | bench | rows | ours ms | held ms | SQL ms | upstream ms | to held | to SQL | to upstream | to 135,233 rows'
  const rule = '---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:'
  return [head, rule, ...lines].map((line) => `| ${line} |`).join('\n')
}
