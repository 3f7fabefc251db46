import { useLiveQuery as useRowsignalQuery } from '@rowsignal/solid'
import type { InitialQueryBuilder } from '@tanstack/db'
import { useLiveQuery } from '@tanstack/solid-db'
import { For } from 'solid-js'
import { findPlaces, keptMs, type Place, type Places } from '../places.ts'
import { counted } from '../side.ts'

export interface ListProps {
  readonly places: Places
  readonly text: string
}

export function OfficialList(props: ListProps) {
  const found = useLiveQuery(() => ({
    query: (q: InitialQueryBuilder) => findPlaces(q, props.places, props.text),
    gcTime: keptMs,
  }))
  return (
    <ul>
      <For each={found()}>{(place) => <PlaceItem place={place} />}</For>
    </ul>
  )
}

export function RowsignalList(props: ListProps) {
  const found = useRowsignalQuery(() => ({
    query: (q: InitialQueryBuilder) => findPlaces(q, props.places, props.text),
    keepAliveMs: keptMs,
  }))
  return (
    <ul>
      <For each={found()}>{(place) => <PlaceItem place={place} />}</For>
    </ul>
  )
}

function PlaceItem(props: { place: Readonly<Place> }) {
  return (
    <li>
      <span>{props.place.name}</span>
      <span>{props.place.country}</span>
      <span>{counted(props.place.thousands)},000</span>
    </li>
  )
}
