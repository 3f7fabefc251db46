/** The last deletion, for as long as it can be taken back by a click. */
import type { Readable } from '@rowsignal/core'
import { createChanging } from './changing.ts'

export interface Deletion {
  /** What is gone, such as `Kyoto`. */
  readonly subject: string
  readonly undo: () => void
}

export interface Deletions extends Readable<Deletion | undefined> {
  readonly offer: (deletion: Deletion) => void
}

const offeredMs = 10_000

export function createDeletions(): Deletions {
  let last: Deletion | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const set = (deletion: Deletion | undefined): void => {
    clearTimeout(timer)
    last = deletion
    if (deletion !== undefined) timer = setTimeout(() => set(undefined), offeredMs)
    tellChanged()
  }
  const { readable, tellChanged } = createChanging(() => last)
  const offer = ({ subject, undo }: Deletion): void =>
    set({
      subject,
      undo() {
        set(undefined)
        undo()
      },
    })
  return { ...readable, offer }
}
