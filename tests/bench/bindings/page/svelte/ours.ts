import PlaceList from './PlaceList.svelte'
import PlacesById from './PlacesById.svelte'
import { createVariant } from './variant.ts'

export const variant = createVariant(PlaceList, PlacesById)
