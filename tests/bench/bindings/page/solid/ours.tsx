import { useRow, useRows } from '@rowsignal/solid'
import { For, type JSX } from 'solid-js'
import { render } from 'solid-js/web'
import type { Places } from '../places.ts'
import type { ByIdOptions, ListOptions, Variant } from '../variant.ts'
import { PlaceItem } from './items.tsx'

function PlaceList(props: ListOptions): JSX.Element {
  const rows = useRows(
    () => props.places,
    () => ({ limit: props.limit }),
  )
  return (
    <ul>
      <For each={rows()}>{(place) => <PlaceItem place={place} />}</For>
    </ul>
  )
}

function PlaceById(props: { places: Places; id: string }): JSX.Element {
  const place = useRow(
    () => props.places,
    () => props.id,
  )
  return <PlaceItem place={place()} />
}

function PlacesById(props: ByIdOptions): JSX.Element {
  return (
    <ul>
      <For each={props.ids}>{(id) => <PlaceById places={props.places} id={id} />}</For>
    </ul>
  )
}

export const variant: Variant = {
  mountList: (element, options) => render(() => <PlaceList {...options} />, element),
  mountById: (element, options) => render(() => <PlacesById {...options} />, element),
}
