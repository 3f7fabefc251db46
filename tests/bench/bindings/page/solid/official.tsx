import { eq } from '@tanstack/db'
import { useLiveQuery } from '@tanstack/solid-db'
import { For, type JSX } from 'solid-js'
import { render } from 'solid-js/web'
import type { Places } from '../places.ts'
import type { ByIdOptions, ListOptions, Variant } from '../variant.ts'
import { PlaceItem } from './items.tsx'

function PlaceList(props: ListOptions): JSX.Element {
  const query = useLiveQuery(() => props.places)
  const shown = () => (props.limit === undefined ? query() : query().slice(0, props.limit))
  return (
    <ul>
      <For each={shown()}>{(place) => <PlaceItem place={place} />}</For>
    </ul>
  )
}

function PlaceById(props: { places: Places; id: string }): JSX.Element {
  const query = useLiveQuery((q) =>
    q
      .from({ place: props.places })
      .where(({ place }) => eq(place.id, props.id))
      .findOne(),
  )
  return <PlaceItem place={query()} />
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
