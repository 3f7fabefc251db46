/** The bar of conditions: what the three planners are put through, and what is shown of them. */
import { createApi } from '../app/api.ts'
import { createFaults, slowServerMs } from '../app/faults.ts'
import { whatRan } from '../app/ran.ts'
import { databaseName } from '../app/session.ts'
import { createSetting, type Setting } from '../app/setting.ts'
import { frameworks } from './names.ts'

/** Whether the code is shown beside the planners. */
export const codeShown = createSetting('trips:code')

/** @returns Asks the backend again what it does, after it may have changed. */
export function connectConditions(user: '1' | '2'): { readonly refresh: () => void } {
  for (const framework of frameworks) {
    const setting = createSetting(`${databaseName(framework, user)}:offline`)
    connect(`[data-offline="${framework}"]`, setting)
  }
  connect('[data-show="ran"]', whatRan)
  connect('[data-show="code"]', codeShown)

  const faults = createFaults(createApi(user))
  const slow = find('[data-fault="slow"]')
  const refuse = find('[data-fault="refuse"]')
  slow.addEventListener('change', () => faults.set({ delayMs: slow.checked ? slowServerMs : 0 }))
  refuse.addEventListener('change', () => faults.set({ refuseNext: refuse.checked }))
  faults.subscribe(({ delayMs, refuseNext }) => {
    slow.checked = delayMs > 0
    refuse.checked = refuseNext
  })

  const places = document.querySelector<HTMLButtonElement>('[data-places]')!
  const wanted = frameworks.map((framework) =>
    createSetting(`${databaseName(framework, user)}:places`),
  )
  places.addEventListener('click', () => {
    for (const setting of wanted) setting.set(true)
  })
  for (const setting of wanted) {
    setting.subscribe(() => (places.hidden = wanted.every((each) => each.get())))
  }
  return { refresh: faults.refresh }
}

function connect(selector: string, setting: Setting): void {
  const input = find(selector)
  input.addEventListener('change', () => setting.set(input.checked))
  setting.subscribe((on) => (input.checked = on))
}

function find(selector: string): HTMLInputElement {
  return document.querySelector<HTMLInputElement>(selector)!
}
