import AloneList from './AloneList.svelte'
import PlacesById from './PlacesById.svelte'
import { createVariant } from './variant.ts'

export const variant = createVariant(AloneList, PlacesById)
