/** What came out for both sides, as a table. */
import type { Figure, Measurement } from './measure.ts'
import type { Comparison, Side } from './side.ts'

export interface Results {
  readonly measurement: Measurement
  readonly first: Side
  readonly official: readonly Figure[]
  readonly ours: readonly Figure[]
}

/** What the clock of a page that is not isolated counts. */
const clockMs = 0.1

export function showResults(
  section: HTMLElement,
  { official, ours }: Comparison,
  results: Results,
): void {
  const { measurement, first } = results
  const table = create('table')
  const caption = create('caption')
  caption.append(
    create('strong', measurement.name),
    ` ${measurement.about} ${first.name} was measured first; next time the other one.`,
  )
  const head = create('tr')
  for (const text of ['', official.name, ours.name, 'Better']) {
    const cell = create(text === '' ? 'td' : 'th', text)
    if (text !== '') cell.setAttribute('scope', 'col')
    breakAfterSlash(cell)
    head.append(cell)
  }
  const rows = results.official.map((theirs, index) =>
    createRow({ theirs, own: results.ours[index]!, official, ours }),
  )
  const headGroup = create('thead')
  headGroup.append(head)
  const body = create('tbody')
  body.append(...rows)
  table.append(caption, headGroup, body)
  section.replaceChildren(table)
  section.hidden = false
}

interface Pair {
  readonly theirs: Figure
  readonly own: Figure
  readonly official: Side
  readonly ours: Side
}

function createRow({ theirs, own, official, ours }: Pair): HTMLElement {
  const row = create('tr')
  const label = create('th', theirs.label + (theirs.unit === '' ? '' : ` (${theirs.unit})`))
  label.setAttribute('scope', 'row')
  const ratio = Math.max(theirs.value, least(theirs)) / Math.max(own.value, least(own))
  const verdict = create('td')
  if (isSame(ratio)) verdict.textContent = 'the same'
  else {
    const [better, times] = ratio > 1 ? [ours, ratio] : [official, 1 / ratio]
    const name = create('strong', better.name)
    breakAfterSlash(name)
    verdict.append(name, ` ${timesText(times)}`)
  }
  const cells = [theirs, own].map((figure) => {
    const cell = create('td', textOf(figure))
    const isBetter = !isSame(ratio) && figure === (ratio > 1 ? own : theirs)
    if (isBetter) cell.className = 'better'
    return cell
  })
  row.append(label, ...cells, verdict)
  return row
}

/** Within a tenth nobody is better: this is a browser among other programs. */
const isSame = (ratio: number): boolean => ratio < 1.1 && ratio > 1 / 1.1

/** Below it a figure says nothing. */
const least = ({ unit }: Figure): number => (unit === 'ms' ? clockMs : 1)

const timesText = (times: number): string =>
  `${times < 10 ? times.toFixed(1) : Math.round(times).toLocaleString('en')}×`

function textOf({ unit, value }: Figure): string {
  if (unit === '') return value.toLocaleString('en')
  if (value < clockMs) return `< ${clockMs}`
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en')
}

/** Where the name of a package goes on in the next line if there is no room. */
function breakAfterSlash(element: HTMLElement): void {
  const [scope = '', name] = element.textContent.split('/')
  if (name !== undefined) element.replaceChildren(`${scope}/`, create('wbr'), name)
}

function create<Name extends keyof HTMLElementTagNameMap>(name: Name, text = '') {
  const element = document.createElement(name)
  element.textContent = text
  return element
}
