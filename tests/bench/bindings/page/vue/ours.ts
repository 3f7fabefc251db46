import PlaceList from './PlaceList.vue'
import PlacesById from './PlacesById.vue'
import { createVariant } from './variant.ts'

export const variant = createVariant(PlaceList, PlacesById)
