/** The page around the two lists, the same for each framework. */
import '../app/planner.css'
import './compare.css'
import { version as dbVersion } from '@tanstack/db/package.json'
import { until } from './clock.ts'
import { allShown, type Figure, type Measurement, measurements, type Subject } from './measure.ts'
import { openPlaces, type Places, placesCount } from './places.ts'
import { showResults } from './results.ts'
import type { Comparison, MountedList, Side } from './side.ts'

const frameworks = ['Vue', 'Solid', 'Svelte'] as const
const count = placesCount.toLocaleString('en')

export async function startComparison(comparison: Comparison): Promise<void> {
  document.querySelector('#app')!.innerHTML = pageOf(comparison)
  tell(`Writing ${count} places on this device …`)
  try {
    const places = await openPlaces()
    const board = new Board(comparison, places)
    await board.showBoth()
    board.listen()
    tell(`${count} places, twice. Press a button.`)
  } catch (error) {
    fail(error)
  }
}

type SideId = 'official' | 'ours'
const ids: readonly [SideId, SideId] = ['official', 'ours']
const reversed: typeof ids = ['ours', 'official']

/** The two columns, and what is done with them. */
class Board {
  readonly #comparison: Comparison
  readonly #places: Places
  readonly #field = find('#text') as HTMLInputElement
  #mounted: MountedList[] = []
  #isMeasuring = false
  #measured = 0

  constructor(comparison: Comparison, places: Places) {
    this.#comparison = comparison
    this.#places = places
  }

  listen(): void {
    this.#field.addEventListener('input', () => {
      for (const list of this.#mounted) list.setText(this.#field.value.trim())
    })
    for (const [index, measurement] of measurements.entries()) {
      const section = find(`#results-${index}`)
      find(`#measure-${index}`).addEventListener('click', () => {
        if (!this.#isMeasuring) this.#compare(measurement, section).catch(fail)
      })
    }
    this.#setMeasuring(false)
  }

  async showBoth(): Promise<void> {
    for (const id of ids) this.#mount(id)
    for (const id of ids) await allShown({ box: boxOf(id) })
  }

  /** Measures one side after the other, each alone in the page. */
  async #compare(measurement: Measurement, section: HTMLElement): Promise<void> {
    this.#setMeasuring(true)
    const order = this.#measured++ % 2 === 0 ? ids : reversed
    const figures: Partial<Record<SideId, readonly Figure[]>> = {}
    for (const [index, id] of order.entries()) {
      const fraction = (part: number) => setProgress((index + part) / order.length)
      fraction(0)
      figures[id] = await this.#measure(id, measurement, fraction)
    }
    tell('Showing both again …')
    await this.showBoth()
    showResults(section, this.#comparison, {
      measurement,
      first: this.#comparison[order[0]],
      official: figures.official!,
      ours: figures.ours!,
    })
    this.#setMeasuring(false)
    tell(`Measured: ${measurement.name}.`)
    section.scrollIntoView({ block: 'nearest' })
  }

  async #measure(
    id: SideId,
    { name, run }: Measurement,
    tellFraction: (fraction: number) => void,
  ): Promise<readonly Figure[]> {
    const side = this.#comparison[id]
    tell(`${name}: ${side.name} …`)
    await this.#clear()
    for (const other of ids) if (other !== id) wait(other, side)
    const subject: Subject = { ...this.#mount(id), places: this.#places, box: boxOf(id) }
    await allShown(subject)
    const figures = await run(subject, tellFraction)
    await this.#clear()
    return figures
  }

  #mount(id: SideId): MountedList {
    const box = boxOf(id)
    box.replaceChildren()
    const mounted = this.#comparison[id].mount(box, this.#places)
    this.#mounted.push(mounted)
    return mounted
  }

  /** Until there is neither a list nor a query that follows the places. */
  async #clear(): Promise<void> {
    for (const list of this.#mounted.splice(0)) list.unmount()
    for (const id of ids) boxOf(id).replaceChildren()
    await until(() => this.#places.subscriberCount === 0)
  }

  #setMeasuring(isMeasuring: boolean): void {
    this.#isMeasuring = isMeasuring
    if (isMeasuring) this.#field.value = ''
    this.#field.disabled = isMeasuring
    setProgress(isMeasuring ? 0 : undefined)
    find('.status').dataset.state = isMeasuring ? 'starting' : 'connected'
    for (const button of document.querySelectorAll('.measure button')) {
      button.setAttribute('aria-disabled', String(isMeasuring))
    }
  }
}

function pageOf({ framework, official, ours }: Comparison): string {
  const links = frameworks.map((name) => {
    const current = name === framework ? ' aria-current="page"' : ''
    return `<a href="/compare/${name.toLowerCase()}/"${current}>${name}</a>`
  })
  const buttons = measurements.map(
    ({ name }, index) =>
      `<button type="button" class="primary" id="measure-${index}" aria-disabled="true">${name}</button>`,
  )
  const columns = ids.map((id) => {
    const { name, version } = { official, ours }[id]
    return `<section class="column">
      <h2 id="${id}-name">${name} <span>${version}</span></h2>
      <div class="list" id="${id}" role="region" aria-labelledby="${id}-name" tabindex="0"></div>
    </section>`
  })
  const results = measurements.map((_, index) => `<div id="results-${index}" hidden></div>`)
  return `<header class="sign">
    <h1>Compare <span class="roundel">${framework}</span></h1>
    <nav class="users" aria-label="Pages">${links.join('')}<a href="/">Planners</a></nav>
    <p class="status" data-state="starting"><strong role="status"></strong><progress aria-label="Progress"></progress></p>
  </header>
  <main class="compare">
    <p class="lead">The same ${count} places out of one PowerSync collection, by <code>useLiveQuery</code> of
      TanStack’s adapter for ${framework} and of rowsignal. Press a button: each side is measured alone.</p>
    <div class="measure" role="group" aria-label="Measure">${buttons.join('')}</div>
    <p class="search"><label for="text">Name begins with</label>
      <input id="text" type="text" autocomplete="off" spellcheck="false" disabled /></p>
    <div class="columns">${columns.join('')}</div>
    <section class="results" aria-label="Results">${results.join('')}</section>
    <p class="note">Both run on @tanstack/db ${dbVersion}, with the same query and the same row component. While one is
      measured the other one is not in the page, and its query has ended; each begins with a turn that is not counted. A
      row template is counted where it shows the population.</p>
    <p class="note">The figures are of this browser on this machine, now. Keep this tab in sight while it measures.</p>
  </main>`
}

function wait(id: SideId, measured: Side): void {
  const text = document.createElement('p')
  text.textContent = `Waiting while ${measured.name} is measured.`
  boxOf(id).replaceChildren(text)
}

function boxOf(id: SideId): HTMLElement {
  return find(`#${id}`)
}

function tell(text: string): void {
  find('[role=status]').textContent = text
}

/** 0 to 1; undefined while nothing goes on. */
function setProgress(fraction: number | undefined): void {
  const progress = find('.status progress') as HTMLProgressElement
  progress.hidden = fraction === undefined
  if (fraction !== undefined) progress.value = fraction
}

function fail(error: unknown): void {
  const alert = document.createElement('p')
  alert.role = 'alert'
  alert.className = 'alert'
  alert.textContent = `The comparison cannot go on: ${error instanceof Error ? error.message : String(error)}`
  find('main').prepend(alert)
}

function find(selector: string): HTMLElement {
  return document.querySelector<HTMLElement>(selector)!
}
