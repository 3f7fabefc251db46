/** Progress of long work on the console: one bar that redraws itself on a terminal, a line for each tenth elsewhere. */
export interface Progress {
  update(done: number): void
}

export function createProgress(label: string, total: number): Progress {
  const isTerminal = process.stdout.isTTY
  let shownTenths = -1
  return {
    update(done) {
      const share = total === 0 ? 1 : done / total
      const tenths = Math.floor(share * 10)
      const counts = `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`
      if (isTerminal) {
        const bar = '█'.repeat(Math.round(share * 30)).padEnd(30, '░')
        process.stdout.write(`\r${label} ${bar} ${counts}${done >= total ? '\n' : ''}`)
      } else if (tenths > shownTenths) {
        console.log(`${label}: ${counts}`)
      }
      shownTenths = tenths
    },
  }
}
