/** The floor: DOM written by hand, on one subscription. */
import type { Place } from './places.ts'
import type { Variant } from './variant.ts'

const template = document.createElement('template')
template.innerHTML = '<li><span> </span><span> </span></li>'

class Item {
  readonly element = template.content.firstElementChild!.cloneNode(true) as Element
  readonly #name = this.element.firstChild!.firstChild as Text
  readonly #note = this.element.lastChild!.firstChild as Text
  #place: Place | undefined

  show(place: Place): this {
    if (place.name !== this.#place?.name) this.#name.data = place.name
    if (place.note !== this.#place?.note) this.#note.data = place.note
    this.#place = place
    return this
  }
}

export const variant: Variant = {
  mountList(element, { places, limit = Infinity }) {
    const list = document.createElement('ul')
    const items = new Map<string, Item>()
    const { compare } = places.config

    /** One walk over the keys that are shown and the nodes: puts in what is missing, and takes away what is left. */
    const arrange = (): void => {
      let next = list.firstElementChild
      let shown = 0
      for (const key of places.keys()) {
        if (shown++ === limit) break
        let item = items.get(key)
        if (item === undefined) items.set(key, (item = new Item().show(places.get(key)!)))
        if (item.element === next) next = next.nextElementSibling
        else list.insertBefore(item.element, next)
      }
      while (next !== null) {
        const left = next
        next = next.nextElementSibling
        left.remove()
      }
      if (items.size > shown) forgetLeft()
    }
    const forgetLeft = (): void => {
      for (const [key, item] of items) if (!item.element.isConnected) items.delete(key)
    }

    arrange()
    element.append(list)
    const subscription = places.subscribeChanges(
      (changes) => {
        let moved = false
        for (const { type, key, value, previousValue } of changes) {
          const item = items.get(key)
          if (type === 'update') item?.show(value)
          const stays =
            type === 'update' && !(compare && previousValue && compare(previousValue, value) !== 0)
          if (stays) continue
          moved = true
          item?.element.remove()
          if (type === 'delete') items.delete(key)
        }
        if (moved) arrange()
      },
      { includeInitialState: false },
    )
    return () => {
      subscription.unsubscribe()
      list.remove()
    }
  },

  mountById(element, { places, ids }) {
    const list = document.createElement('ul')
    const items = new Map(ids.map((id) => [id, new Item().show(places.get(id)!)]))
    for (const item of items.values()) list.append(item.element)
    element.append(list)
    const subscription = places.subscribeChanges(
      (changes) => {
        for (const { key, value } of changes) items.get(key)?.show(value)
      },
      { includeInitialState: false },
    )
    return () => {
      subscription.unsubscribe()
      list.remove()
    }
  },
}
