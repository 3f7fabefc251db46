/** The strip that tells how far the last change has come, in ms since it was written. */
import { type Step, stepChannel, type StepName } from '../app/steps.ts'
import type { Framework } from '../app/session.ts'
import { frameworkNames, frameworks } from './names.ts'

interface Change {
  readonly line: Framework
  readonly row: string
  readonly at: number
  /** What has happened, with when. */
  readonly happened: Map<string, number>
}

const own: readonly [name: StepName, text: string][] = [
  ['shown', 'on the screen'],
  ['queued', 'in SQLite'],
  ['uploaded', 'uploaded'],
  ['acknowledged', 'acknowledged'],
]

/** @param onRefused Called when the server has refused an upload. */
export function showSteps(user: string, onRefused: () => void): void {
  const hint = document.querySelector<HTMLElement>('.steps p')!
  const list = document.querySelector<HTMLElement>('.steps ol')!
  let change: Change | undefined

  stepChannel(user).addEventListener('message', ({ data }: MessageEvent<Step>) => {
    if (data.name === 'refused') onRefused()
    if (data.name === 'written') change = { ...data, happened: new Map() }
    else if (data.row === change?.row) note(change, data)
    if (change === undefined) return
    hint.hidden = true
    list.hidden = false
    list.replaceChildren(...itemsOf(change))
  })
}

function note({ line, at, happened }: Change, step: Step): void {
  const isOwn = step.line === line
  if (isOwn === (step.name === 'seen')) return
  const key = isOwn ? step.name : step.line
  if (!happened.has(key)) happened.set(key, Math.max(0, step.at - at))
}

function itemsOf({ line, happened }: Change): HTMLElement[] {
  const others = frameworks.filter((framework) => framework !== line)
  const seen = others.map((other): [string, string] => [other, `seen in ${frameworkNames[other]}`])
  const steps: [string, string][] = [...own, ...seen]
  // Nothing is on its way any more, unless it is tried again: then each step is there when it has happened.
  const shown = happened.has('refused')
    ? [...steps, ['refused', 'refused'] as [string, string]]
        .filter(([key]) => happened.has(key))
        .toSorted(([one], [other]) => happened.get(one)! - happened.get(other)!)
    : steps
  return [
    item('Changed in', frameworkNames[line], true),
    ...shown.map(([key, text]) => {
      const ms = happened.get(key)
      return item(text, ms === undefined ? '…' : `${Math.round(ms)} ms`, ms !== undefined)
    }),
  ]
}

function item(text: string, value: string, isDone: boolean): HTMLElement {
  const element = document.createElement('li')
  element.toggleAttribute('data-done', isDone)
  const strong = document.createElement('strong')
  strong.textContent = value
  element.append(`${text} `, strong)
  return element
}
