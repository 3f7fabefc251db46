import type { JSX } from 'solid-js'
import type { Place } from '../places.ts'

export function PlaceItem(props: { place: Readonly<Place> | undefined }): JSX.Element {
  return (
    <li>
      <span>{props.place?.name}</span>
      <span>{props.place?.note}</span>
    </li>
  )
}
