import { For, type JSX } from 'solid-js'
import { render } from 'solid-js/web'
import type { ListOptions, Variant } from '../variant.ts'
import { PlaceItem } from './items.tsx'
import { variant as ours } from './ours.tsx'

function PlaceList(props: ListOptions): JSX.Element {
  const shown = [...props.places.values()].slice(0, props.limit)
  return (
    <ul>
      <For each={shown}>{(place) => <PlaceItem place={place} />}</For>
    </ul>
  )
}

export const variant: Variant = {
  ...ours,
  mountList: (element, options) => render(() => <PlaceList {...options} />, element),
}
