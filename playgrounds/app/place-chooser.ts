/**
 * The field of a new stop, as a combobox: what has been typed into it, and which of the places found is meant. Each planner
 * shows it, and searches for what it says.
 */
import { createReadable, type Readable } from '@rowsignal/core'
import type { NewStop } from './actions.ts'
import type { PlaceSearch } from './places.ts'
import type { Place } from './schema.ts'

export interface PlaceChoice extends PlaceSearch {
  /** Whether the places found are shown. */
  readonly isOpen: boolean
  /** The place that Enter chooses, by its number among those found; -1: none. */
  readonly active: number
  readonly chosen: Place | undefined
}

export interface PlaceChooser extends Readable<PlaceChoice> {
  readonly type: (text: string) => void
  readonly setCountry: (country: string) => void
  readonly choose: (place: Place) => void
  readonly close: () => void
  /** Handles a key that is pressed in the field while these places are shown. */
  readonly press: (event: KeyboardEvent, found: readonly Place[]) => void
  /** Empties the field, and gives what it said; undefined if it said nothing. */
  readonly take: () => NewStop | undefined
}

const closed = { isOpen: false, active: -1 } as const
const empty = { text: '', chosen: undefined, ...closed } as const

export function createPlaceChooser(): PlaceChooser {
  let choice: PlaceChoice = { ...empty, country: '' }
  const changes = new EventTarget()
  const set = (change: Partial<PlaceChoice>): void => {
    choice = { ...choice, ...change }
    changes.dispatchEvent(new Event('change'))
  }
  const choose = (place: Place): void => {
    set({ ...closed, chosen: place, text: place.name ?? '' })
  }
  const search = (change: Partial<PlaceChoice>): void => {
    showOption(0) // before there is something to lay out
    set({ ...change, isOpen: true, active: -1 })
  }
  const press = (event: KeyboardEvent, found: readonly Place[]): void => {
    const { isOpen, active } = choice
    const activate = (next: number): void => {
      event.preventDefault() // or the caret would move
      set({ isOpen: true, active: Math.min(next, found.length - 1) })
      showOption(next)
    }
    if (event.key === 'ArrowDown') activate(active + 1)
    else if (event.key === 'ArrowUp' && isOpen) activate(Math.max(active - 1, -1))
    else if (event.key === 'Escape' && isOpen) set(closed)
    else if (event.key === 'Enter' && isOpen && found[active] !== undefined) {
      event.preventDefault() // or the form would be sent
      choose(found[active])
    }
  }

  const readable = createReadable({
    get: () => choice,
    start(changed) {
      changes.addEventListener('change', changed)
      return () => changes.removeEventListener('change', changed)
    },
  })
  return {
    ...readable,
    choose,
    press,
    type: (text) => search({ text, chosen: undefined }),
    setCountry: (country) => search({ country }),
    close: () => set(closed),
    take() {
      const place = choice.text.trim()
      if (place === '') return undefined
      const placeId = choice.chosen?.id ?? null
      set(empty)
      return { place, placeId }
    },
  }
}

function showOption(index: number): void {
  const list = document.querySelector('#found-places')
  list?.children[index]?.scrollIntoView({ block: 'nearest' })
}

/** Whether the focus has left the form that it was in. */
export function hasLeft({ currentTarget, relatedTarget }: FocusEvent): boolean {
  return !(currentTarget as Element).contains(relatedTarget as Element | null)
}
