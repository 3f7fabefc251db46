/** What the buttons do to one side, while the other one is not there. */
import { framePainted, median, nextFrame, timed, type Timing, until } from './clock.ts'
import { idOf, type Places, placesCount } from './places.ts'
import { type MountedList, templateRuns } from './side.ts'

export interface Subject extends MountedList {
  readonly places: Places
  /** The box that scrolls; the list is in it. */
  readonly box: HTMLElement
}

/** What came out for one side. The less, the better. */
export interface Figure {
  readonly label: string
  readonly unit: 'ms' | ''
  readonly value: number
}

export interface Measurement {
  readonly name: string
  /** What is done, for a reader. */
  readonly about: string
  readonly run: (subject: Subject, tell: Tell) => Promise<readonly Figure[]>
}

/** Tells how far a measurement is, 0 to 1. Called between what is timed. */
type Tell = (fraction: number) => void

export const measurements: readonly Measurement[] = [
  {
    name: 'One row',
    about: 'One row of all is updated: the median of 7.',
    run: (subject, tell) => {
      const ids = (turn: number) => [idOf((turn * 611) % placesCount)]
      return runUpdates(subject, { turns: 7, ids, tell })
    },
  },
  {
    name: '1,000 rows',
    about: 'A thousand rows all over the list are updated, in one transaction: the median of 3.',
    run: (subject, tell) => {
      const step = placesCount / 1000
      const ids = (turn: number) =>
        Array.from({ length: 1000 }, (_, n) =>
          idOf(Math.floor(n * step) + (turn % Math.floor(step))),
        )
      return runUpdates(subject, { turns: 3, ids, tell })
    },
  },
  {
    name: 'Scroll',
    about:
      'The list is scrolled from the first row to the last in 60 steps, a frame each: the browser’s work on the same DOM, so what differs is noise. Then again, while one row is updated at every sixth step.',
    run: runScrolls,
  },
  {
    name: 'Type',
    about:
      'Two words are typed into the filter letter by letter, and cleared at once: the median of 10 letters, of 2 words.',
    run: runTyping,
  },
]

interface Updates {
  readonly turns: number
  readonly ids: (turn: number) => readonly string[]
  readonly tell: Tell
}

async function runUpdates(subject: Subject, { turns, ids, tell }: Updates) {
  await updateRows(subject, ids(turns)) // not counted: the code has not run yet
  const updates: Update[] = []
  for (let turn = 0; turn < turns; turn++) {
    tell(turn / turns)
    updates.push(await updateRows(subject, ids(turn)))
  }
  return [
    ...timingFigures(updates),
    count('Row templates run', median(updates.map(({ templates }) => templates))),
  ]
}

interface Update extends Timing {
  readonly templates: number
}

/** Updates rows in one transaction, and counts until they are stored, too. */
async function updateRows(subject: Subject, ids: readonly string[]): Promise<Update> {
  const expected = ids.map((id) => [itemOf(subject, id), textAfter(subject, id)] as const)
  const isRight = () =>
    expected.every(([item, text]) => item.lastElementChild?.textContent === text)
  const runsBefore = templateRuns()
  let stored: Promise<unknown> | undefined
  const timing = await timed(() => void (stored = raise(subject, ids)), isRight)
  await stored
  await framePainted()
  return { ...timing, templates: templateRuns() - runsBefore }
}

/** A thousand people more live in these places. */
function raise({ places }: Subject, ids: readonly string[]): Promise<unknown> {
  const update = places.update([...ids], (drafts) => {
    for (const draft of drafts) draft.thousands = raised(draft.thousands)
  })
  return update.isPersisted.promise
}

const raised = (thousands: number | null | undefined): number => ((thousands ?? 0) % 999) + 1

const textAfter = ({ places }: Subject, id: string): string =>
  `${raised(places.get(id)!.thousands)},000`

const itemOf = (subject: Subject, id: string): Element => itemsOf(subject)[Number(id) - 1]!

/** The rows that a list shows; none before it is there. */
function itemsOf({ box }: Pick<Subject, 'box'>): HTMLCollection {
  return (box.querySelector('ul') ?? box).children
}

async function runScrolls(subject: Subject, tell: Tell): Promise<readonly Figure[]> {
  const frameMs = median(await frames(20, () => undefined))
  const still = await scroll(subject, () => undefined)
  tell(0.5)
  const runsBefore = templateRuns()
  const stored: Promise<unknown>[] = []
  const busy = await scroll(subject, (step) => {
    if (step % 6 === 0) stored.push(raise(subject, [idOf((step * 83) % placesCount)]))
  })
  await Promise.all(stored)
  await framePainted()
  const dropped = (lengths: readonly number[]): number =>
    lengths.reduce((sum, length) => sum + Math.max(0, Math.round(length / frameMs) - 1), 0)
  return [
    ms('Longest frame', Math.max(...still)),
    count('Frames dropped', dropped(still)),
    ms('Longest frame, rows updated', Math.max(...busy)),
    count('Frames dropped, rows updated', dropped(busy)),
    count('Row templates run, 10 updates', templateRuns() - runsBefore),
  ]
}

/** Scrolls from the top to the bottom, and gives the length of each frame in ms. */
async function scroll({ box }: Subject, each: (step: number) => void): Promise<number[]> {
  const steps = 60
  box.scrollTop = 0
  await framePainted()
  return frames(steps, (step) => {
    box.scrollTop = ((box.scrollHeight - box.clientHeight) * step) / steps
    each(step)
  })
}

/** Steps from 1, a frame each; gives their lengths in ms. */
async function frames(steps: number, each: (step: number) => void): Promise<number[]> {
  const lengths: number[] = []
  let last = await nextFrame()
  for (let step = 1; step <= steps; step++) {
    each(step)
    const now = await nextFrame()
    lengths.push(now - last)
    last = now
  }
  return lengths
}

/** Each first letter is another one, so that no query has been asked before. */
const words = ['marin', 'doris']
const warmUp = 'torow'

async function runTyping(subject: Subject, tell: Tell): Promise<readonly Figure[]> {
  const names = [...subject.places.values()].map(({ name }) => name ?? '')
  await typeWord(subject, warmUp, names)
  const typed: TypedWord[] = []
  for (const [index, word] of words.entries()) {
    tell(index / words.length)
    typed.push(await typeWord(subject, word, names))
  }
  const letters = typed.flatMap(({ letters }) => letters.map(({ shown }) => shown))
  return [
    ms('A letter, on the screen', median(letters)),
    ms('The slowest letter', Math.max(...letters)),
    ms('Cleared, all rows back', median(typed.map(({ cleared }) => cleared.shown))),
    count('Row templates run, a word', median(typed.map(({ templates }) => templates))),
  ]
}

interface TypedWord {
  readonly letters: readonly Timing[]
  readonly cleared: Timing
  readonly templates: number
}

async function typeWord(subject: Subject, word: string, names: readonly string[]) {
  const type = (text: string): Promise<Timing> => {
    const found = names.filter((name) => name.toLowerCase().startsWith(text))
    return timed(
      () => subject.setText(text),
      () => shows(subject, found),
    )
  }
  const runsBefore = templateRuns()
  const letters: Timing[] = []
  for (let length = 1; length <= word.length; length++) {
    letters.push(await type(word.slice(0, length)))
  }
  const templates = templateRuns() - runsBefore
  return { letters, cleared: await type(''), templates } satisfies TypedWord
}

function shows(subject: Subject, names: readonly string[]): boolean {
  const items = itemsOf(subject)
  if (items.length !== names.length) return false
  return names.every((name, index) => items[index]!.firstElementChild?.textContent === name)
}

/** Until all rows are in the list, and on the screen. */
export async function allShown(subject: Pick<Subject, 'box'>): Promise<void> {
  await until(() => itemsOf(subject).length === placesCount)
  await framePainted()
}

function timingFigures(timings: readonly Timing[]): readonly Figure[] {
  return [
    ms('The list is right', median(timings.map(({ right }) => right))),
    ms('It is on the screen', median(timings.map(({ shown }) => shown))),
  ]
}

const ms = (label: string, value: number): Figure => ({ label, unit: 'ms', value })
const count = (label: string, value: number): Figure => ({ label, unit: '', value })
