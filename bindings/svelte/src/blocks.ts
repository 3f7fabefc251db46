import { host } from './host.svelte.ts'
import { type Current, toCurrent } from './readable.ts'

/**
 * The rows of a list in blocks, as `{ current }`, for thousands of rows that are all mounted.
 *
 * To find the one effect to run, Svelte looks at every block of an `{#each}` (5.57.3): at each of 10,000 rows. With one
 * `{#each}` of blocks, and one of rows in each, it looks at the blocks and the rows of one. A border stays with its row:
 * a row that comes or goes changes its own block alone. Key the outer `{#each}` by the first row of the block.
 *
 * Shape: frozen arrays; a block is the same array until its own rows come, go or move. None is empty; one has up to twice
 * `blockRows` rows before it is cut, and one of less than a quarter joins the one before it.
 *
 * @param blockRows Rows of a block as it is made. @default 100
 * @example
 * const all = useRows(todos)
 * const blocks = useBlocks(() => all.rows)
 * // {#each blocks.current as block (block[0].id)}{#each block as todo (todo.id)}<p>{todo.title}</p>{/each}{/each}
 */
export function useBlocks<Row extends object>(
  rows: () => readonly Row[],
  blockRows = 100,
): Current<readonly (readonly [Row, ...Row[]])[]> {
  let before = new Map<Row, readonly Row[]>()
  const blocks = host.keep(() => {
    const next = cut(rows(), new Set(before.keys()), blockRows).map((block) => {
      const same = before.get(block[0]!)
      return same !== undefined && isSame(same, block) ? same : Object.freeze(block)
    })
    before = new Map(next.map((block) => [block[0]!, block]))
    return Object.freeze(next) as readonly (readonly [Row, ...Row[]])[]
  })
  return toCurrent(blocks)
}

/** Cuts before the rows that began a block, and where a block has become too long. */
function cut<Row>(rows: readonly Row[], firsts: ReadonlySet<Row>, blockRows: number): Row[][] {
  const most = firsts.size === 0 ? blockRows : 2 * blockRows
  const blocks: Row[][] = []
  let block: Row[] = []
  for (const row of rows) {
    const isBorder = firsts.has(row) && block.length >= blockRows / 4
    if (block.length === 0 || isBorder || block.length >= most) blocks.push((block = []))
    block.push(row)
  }
  return blocks
}

function isSame<Row>(left: readonly Row[], right: readonly Row[]): boolean {
  return left.length === right.length && left.every((row, index) => row === right[index])
}
