/** Whether a demand asks for nothing but rows that another one has. */
import type { LoadSubsetOptions } from '@tanstack/db'
import type { Demand } from './demand.ts'
import { isWhereContained } from './implication.ts'
import { conjuncts } from './parameters.ts'

/** A demand that has, or will have when it is read, all that this one wants. */
export function containerOf(demand: Demand, demands: Iterable<Demand>): Demand | undefined {
  for (const other of demands) if (other !== demand && isContained(demand, other)) return other
  return undefined
}

/** Whether `demand` is within `other`, and needs no read when that is read. */
function isContained(demand: Demand, other: Demand): boolean {
  if (other.failure !== undefined) return false
  if (demand.options === undefined) return other.isEverything
  if (other.options === undefined) return other.isRead // who waits for nothing else than the whole table has to wait
  if (!isWhereContained(demand.options.where, other.options.where)) return false
  if (!other.isWindow) return true
  return isInWindow(demand, other) && (other.isWhole || !other.isRead)
}

function isInWindow(demand: Demand, window: Demand): boolean {
  const [asked, held] = [demand.options!, window.options!]
  if (held.cursor !== undefined || asked.cursor !== undefined) return false
  if (isStart(asked) && isStart(held) && sameOrder(asked, held)) {
    return isWhereContained(held.where, asked.where) && asked.limit! <= held.limit!
  }
  return isTie(demand, window)
}

/** Whether a window starts with the first row. */
function isStart({ limit, offset = 0 }: LoadSubsetOptions): boolean {
  return limit !== undefined && offset === 0
}

function sameOrder({ orderBy: left = [] }: LoadSubsetOptions, right: LoadSubsetOptions): boolean {
  return left.length > 0 && JSON.stringify(left) === JSON.stringify(right.orderBy)
}

/** What TanStack DB asks for after a window: the rows that equal its last one in the first column of the order. */
function isTie(demand: Demand, window: Demand): boolean {
  const { where } = demand.options!
  const first = window.options!.orderBy?.[0]?.expression
  const { end, subset } = window
  if (first?.type !== 'ref' || end === undefined || where === undefined) return false
  return conjuncts(where).some((conjunct) => {
    if (conjunct.type !== 'func' || conjunct.name !== 'eq') return false
    const [column, value] = conjunct.args
    if (column?.type !== 'ref' || value?.type !== 'val') return false
    if (column.path.length !== 1 || first.path.length !== 1 || column.path[0] !== first.path[0])
      return false
    return subset!.window!.compareFirst({ [column.path[0]!]: value.value }, end) <= 0
  })
}
