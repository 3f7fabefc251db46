import { openBrowser } from '/work/wt/storage/tests/bench/chromium.ts'
const b = await openBrowser()
for (const count of [10_000, 100_000]) for (const storage of ['IDB','OPFS'] as const) {
  for (let round = 0; round < 2; round++) for (const subject of ['ours','floor'] as const) {
    const m = await b.run({ subject, count, storage })
    console.log(storage, count, subject, 'first', m['first rows']?.toFixed(0), 'after', m['rows after the first']?.toFixed(0), 'read', m['first read']?.toFixed(0))
  }
}
await b.close(); process.exit(0)
